"""The room of pledges: what becomes of what is promised."""
