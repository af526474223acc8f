"""The ground floor: database and dialects, ids, clock, settings, errors, texts, files, jobs and outbox.

It knows nothing of sales and imports nothing from the floors above.
"""
