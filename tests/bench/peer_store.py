"""The peer's memory: SQLAlchemy's ORM on SQLite, a row and a commit for each answer."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import orm


class Base(orm.DeclarativeBase):
    """Of all tables."""


class Respondent(Base):
    """Who has agreed to answer."""

    __tablename__ = "respondent"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    chat_id: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, index=True)
    language: orm.Mapped[str]
    consented_at: orm.Mapped[dt.datetime]
    finished_at: orm.Mapped[dt.datetime | None]


class Answer(Base):
    """One answer; going over a question again replaces it."""

    __tablename__ = "answer"

    respondent_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("respondent.id"), primary_key=True)
    question: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    value: orm.Mapped[str]
    answered_at: orm.Mapped[dt.datetime]


class Store:
    """The engine is a synchronous one: updates are handled one by one anyway, and it costs the peer less."""

    def __init__(self, path: str) -> None:
        self._engine = sa.create_engine(f"sqlite:///{path}")
        sa.event.listen(self._engine, "connect", _prepare)
        Base.metadata.create_all(self._engine)
        self._session = orm.sessionmaker(self._engine)

    def join(self, chat_id: int, language: str) -> int:
        """Somebody consents; their id."""
        with self._session() as session:
            respondent = Respondent(chat_id=chat_id, language=language, consented_at=dt.datetime.now(dt.UTC))
            session.add(respondent)
            session.commit()
            return respondent.id

    def answer(self, respondent_id: int, question: str, value: str) -> None:
        """Keep one answer."""
        with self._session() as session:
            at = dt.datetime.now(dt.UTC)
            session.merge(Answer(respondent_id=respondent_id, question=question, value=value, answered_at=at))
            session.commit()

    def finish(self, respondent_id: int) -> None:
        """All is answered."""
        with self._session() as session:
            respondent = session.get_one(Respondent, respondent_id)
            respondent.finished_at = dt.datetime.now(dt.UTC)
            session.commit()


def _prepare(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    # One sync a commit instead of several: what SQLite's manual recommends for a service.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
