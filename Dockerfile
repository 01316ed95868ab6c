# The handbook with the versions that its stored results were made with.
FROM python:3.11-slim-bookworm
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends git make \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home handbook
WORKDIR /home/handbook/handbook
COPY --chown=handbook . .
USER handbook
RUN make setup PYTHON=python3
ENV PATH="/home/handbook/handbook/.venv/bin:$PATH"
CMD ["handbook", "list"]
