# The embedded profile in one container: all state in one volume, no other server.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /opt/credence
COPY requirements.lock ./
RUN python -m venv . \
    && bin/pip install --no-cache-dir --use-pep517 --require-hashes --requirement requirements.lock

# What pages need in a browser; npm comes from PyPI and stays in this stage.
FROM python:3.11-slim-bookworm AS assets
WORKDIR /opt/assets
COPY requirements-node.lock package.json package-lock.json .npmrc ./
RUN python -m venv . \
    && bin/pip install --no-cache-dir --require-hashes --requirement requirements-node.lock \
    && bin/npm ci

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/credence --create-home credence \
    && install --directory --owner credence --group credence /var/lib/credence
COPY --from=packages /opt/credence /opt/credence
WORKDIR /srv/credence
COPY --from=assets /opt/assets/node_modules/swagger-ui-dist/swagger-ui.css \
    /opt/assets/node_modules/swagger-ui-dist/swagger-ui-bundle.js \
    /opt/assets/node_modules/swagger-ui-dist/LICENSE \
    /opt/assets/node_modules/swagger-ui-dist/NOTICE ./node_modules/swagger-ui-dist/
COPY LICENSE ./
COPY actors ./actors
COPY couch_views ./couch_views
COPY rabbit ./rabbit
COPY resources ./resources
COPY scripts ./scripts
ENV PATH=/opt/credence/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CREDENCE_ADDRESS=0.0.0.0 \
    CREDENCE_PORT=8000 \
    CREDENCE_VAR=/var/lib/credence
USER 10001
VOLUME /var/lib/credence
EXPOSE 8000
# The home page answers 200 once the exchange is ready.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as r; from actors.processes.settings import Settings as S; s = S.from_environment(os.environ); r.urlopen(s.url + '/v3/', timeout=2, context=s.near_tls())"]
STOPSIGNAL SIGINT
CMD ["python", "-m", "actors.processes.launcher"]
