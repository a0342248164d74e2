# The suite without torch: it takes an endpoint's URL and gives a verdict. Build it from the
# project's root, with or without BuildKit. docker/README.md shows how to use it.
#
#   docker build -f docker/conformance.Dockerfile -t clip-conformance .
#   docker run --rm clip-conformance http://HOST:8080 --model TAG

ARG BASE=python:3.11-slim

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv --without-pip /opt/venv
WORKDIR /src
COPY pyproject.toml docker/list_requirements.py ./
# Only scikit-image's photographs are used, so its code and scipy are left out.
RUN python list_requirements.py suite < pyproject.toml > requirements.txt \
 && pip --python /opt/venv/bin/python install -r requirements.txt lazy_loader \
 && pip --python /opt/venv/bin/python install --no-deps scikit-image \
 && cd /opt/venv/lib/python3.11/site-packages \
 && find skimage -mindepth 1 -maxdepth 1 -type d ! -name data ! -name _shared -exec rm -r {} + \
 && find . -type d -name tests -prune -exec rm -r {} +
COPY . .
# The reference and its stand-ins have their own image.
RUN pip --python /opt/venv/bin/python install --no-deps . \
 && rm -r /opt/venv/lib/python3.11/site-packages/reference \
 # Check that the photographs were not removed above.
 && /opt/venv/bin/python -c "from conformance.corpus import photographs as p; [p.raw(n) for n in p.names() + p.others()]"

FROM ${BASE}
COPY --from=build /opt/venv /opt/venv
WORKDIR /report
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
ENTRYPOINT ["clip-conformance"]
CMD ["--help"]
