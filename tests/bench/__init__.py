"""The benchmark: the survey that ships, beside a python-telegram-bot ConversationHandler, in one run."""
