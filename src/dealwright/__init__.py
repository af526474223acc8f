"""Dealwright: a self-hosted, no-code sales platform."""

__version__ = "0.1.0"
