# The handbook with the versions that its stored results were made with: docker run handbook list
# No path of its own (DL3000), packages as Debian has them now (DL3008), users by name (DL3066).
# hadolint global ignore=DL3000,DL3008,DL3066
FROM python:3.11-slim-bookworm
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends git make \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home handbook && install --directory --owner=handbook handbook
WORKDIR handbook
COPY --chown=handbook . .
USER handbook
RUN make setup PYTHON=python3
ENTRYPOINT ["./.venv/bin/handbook"]
CMD ["list"]
