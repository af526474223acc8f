"""Import of CSV and xlsx files: read, propose a mapping, try, run in resumable steps, give refused rows back, undo.

Each row takes the ordinary write path on the channel `import:<id>`; there is no second way in.
"""
