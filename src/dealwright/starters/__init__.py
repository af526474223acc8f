"""Starters: workspace configurations as data.

`sales.yaml` and `simple.yaml` are ordinary configuration files, the very format `dealwright config export` writes.
`format` turns the readable file into specifications and back, `service` lays one over a workspace and exports it.
"""
