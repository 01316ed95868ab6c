"""Protocols: the computing behind the standard operating procedures, from participant to archive."""
