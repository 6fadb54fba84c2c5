# Three stages: what a browser loads, the Python environment, and what runs.
# The install line is the Makefile's (tests/architecture/test_repository.py compares them).

FROM node:24-bookworm-slim AS assets
WORKDIR /app
COPY webapp/frontend/package.json webapp/frontend/package-lock.json webapp/frontend/
RUN npm ci --ignore-scripts --no-fund --no-audit --prefix webapp/frontend
COPY webapp/frontend/build.mjs webapp/frontend/
RUN node webapp/frontend/build.mjs

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv \
    UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
WORKDIR /app
RUN python3 -m venv .venv && .venv/bin/pip install --quiet uv==0.13.9
# The project is installed in place, so its two package folders are enough here and a change of
# code does not install the dependencies again.
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY geo_assen/__init__.py geo_assen/
COPY webapp/__init__.py webapp/
RUN .venv/bin/uv sync --frozen --inexact --compile-bytecode --no-dev
COPY webapp/translations/ webapp/translations/
RUN .venv/bin/pybabel --quiet compile -d webapp/translations

FROM python:3.11-slim-bookworm
# what reads rasters wants it from the system
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libexpat1 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin geo-assen \
    && install -d -o geo-assen -g geo-assen /var/lib/geo-assen
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY pyproject.toml README.md LICENSE ./
COPY layers/ layers/
COPY data/ data/
COPY geo_assen/ geo_assen/
COPY webapp/ webapp/
COPY --from=build /app/webapp/translations/ webapp/translations/
COPY --from=assets /app/webapp/static/vendor/ webapp/static/vendor/
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GEO_ASSEN_STORE=sqlite:////var/lib/geo-assen/assen.gpkg \
    GEO_ASSEN_UPLOADS=/var/lib/geo-assen/uploads
USER 10001
VOLUME /var/lib/geo-assen
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["geo-assen"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
