"""pytest --rewrite-conversations: what the bot says now becomes what the conversations demand."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option, asked for in tests/test_conversations.py."""
    parser.addoption(
        "--rewrite-conversations",
        action="store_true",
        help="write what the engine says now into tests/conversations, to be read before it is committed",
    )
