"""Tests of the mind: no database, no channel, no clock."""
