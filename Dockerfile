ARG PYTHON=python:3.11.16-slim@sha256:e41613d42d4891e4930f79523f93f81bbc7632584ec65e36ab055f41a800b41e

FROM ${PYTHON} AS packages
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --quiet --require-hashes --no-deps -r requirements.txt

FROM ${PYTHON}
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=cms.settings.production \
    DATA_DIR=/data
RUN useradd --system --uid 1000 --create-home cms && install -d -o cms -g cms -m 750 /data
COPY --from=packages /venv /venv
WORKDIR /site
COPY . .
USER cms
VOLUME /data
EXPOSE 8000
# The Host header is one that the site accepts.
HEALTHCHECK --start-period=120s --interval=30s --timeout=5s CMD ["python", "-c", "\
import os, urllib.parse, urllib.request as r; \
host = urllib.parse.urlsplit(os.environ.get('SITE_URL') or 'http://localhost').netloc; \
port = os.environ.get('PORT') or 8000; \
r.urlopen(r.Request(f'http://127.0.0.1:{port}/healthz', headers={'Host': host}), timeout=4)"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--no-demo"]
