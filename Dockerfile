# syntax=docker/dockerfile:1
# tests/house/test_dockerfile.py performs these very steps in a clean directory; it knows FROM, ENV, WORKDIR,
# COPY, RUN, USER, VOLUME, EXPOSE, HEALTHCHECK and CMD.

FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /opt/ashar
# The dependencies first and alone: while the lock stays, this layer does too.
COPY requirements.lock ./
RUN /opt/ashar/bin/python -m pip install --no-cache-dir --quiet --require-hashes -r requirements.lock
COPY pyproject.toml ./
COPY bot bot
COPY api api
COPY models models
COPY locales locales
COPY migrations migrations
COPY flows flows
RUN /opt/ashar/bin/python -m pip install --no-cache-dir --quiet --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home ashar && install --directory --owner ashar --mode 700 /app/var
COPY --from=build /opt/ashar /opt/ashar
ENV PATH=/opt/ashar/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ASHAR_HOST=0.0.0.0 \
    ASHAR_PORT=8000 \
    ASHAR_VAR=/app/var
WORKDIR /app
# By number, so that an engine that wants to see a user other than root can.
USER 10001
# The SQLite database, the keys and the export token.
VOLUME /app/var
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"ASHAR_PORT\"]}/api/health', timeout=4)"]
CMD ["ashar", "serve"]
