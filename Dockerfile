# The handbook with the versions that its stored results were made with: docker run handbook list
FROM python:3.11-slim-bookworm
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends git make \
 && apt-get clean
RUN useradd --create-home handbook && install --directory --owner=handbook handbook
WORKDIR handbook
COPY --chown=handbook . .
USER handbook
RUN make setup PYTHON=python3
ENTRYPOINT ["./.venv/bin/handbook"]
CMD ["list"]
