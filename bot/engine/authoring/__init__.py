"""Rows of an XLSForm -> a Form, and every problem at once."""
