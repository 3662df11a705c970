"""The room of pledges: what people offer and when, as they write it."""
