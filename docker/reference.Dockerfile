# The reference encoder as a drop-in replacement for the vendor's multi2vec-clip image, with the same port
# (8080) and variables (ENABLE_CUDA, CUDA_CORE). Build it from the project's root, with or without
# BuildKit. docker/README.md shows how to use it.
#
#   docker build -f docker/reference.Dockerfile -t multi2vec-clip-reference .
#   docker build -f docker/reference.Dockerfile --build-arg LIBRARIES=stand-in -t multi2vec-clip-stand-in .

ARG BASE=python:3.11-slim

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv --without-pip /opt/venv
WORKDIR /src
# The libraries come first, so that they are not downloaded again after code changes.
COPY pyproject.toml docker/list_requirements.py ./
# A package index with builds of torch without CUDA, such as https://download.pytorch.org/whl/cpu.
ARG TORCH_INDEX=
# `stand-in` omits torch: the image then serves only the stand-ins, on onnxruntime.
ARG LIBRARIES=reference
RUN python list_requirements.py "$LIBRARIES" < pyproject.toml > requirements.txt \
 && if [ -n "$TORCH_INDEX" ]; then \
      pip --python /opt/venv/bin/python install --index-url "$TORCH_INDEX" torch torchvision; \
    fi \
 && pip --python /opt/venv/bin/python install -r requirements.txt \
 # Triton (1 GB) only compiles kernels for torch.compile, which is not used here.
 && (pip --python /opt/venv/bin/python uninstall -y triton || true)
COPY . .
RUN pip --python /opt/venv/bin/python install --no-deps .

FROM build AS weights
ARG MODEL=sentence-transformers-clip-ViT-B-32-multilingual-v1
ARG WEIGHTS=stand-in
# The model hub, or a mirror of it.
ARG HF_ENDPOINT=https://huggingface.co
RUN mkdir -p /app/hub /app/models \
 && if [ "$WEIGHTS" = hub ]; then \
      HF_HOME=/app/hub HF_HUB_DISABLE_XET=1 /opt/venv/bin/python docker/download_weights.py; \
    fi

FROM ${BASE}
ARG MODEL=sentence-transformers-clip-ViT-B-32-multilingual-v1
ARG WEIGHTS=stand-in
COPY --from=build /opt/venv /opt/venv
COPY --from=weights /app /app
WORKDIR /app
# Some libraries require HOME. pip has already compiled the bytecode, and the user below cannot write it.
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HF_HOME=/app/hub \
    HF_HUB_OFFLINE=1 \
    MODEL=${MODEL} \
    WEIGHTS=${WEIGHTS} \
    HOST=0.0.0.0 \
    PORT=8080
# Tells `clip-conformance --image` which variable selects the model.
LABEL clip-conformance.model-variable=MODEL \
      clip-conformance.weights-variable=WEIGHTS
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=4s --start-period=120s CMD ["python", "-c", \
    "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/.well-known/ready', timeout=3)"]
ENTRYPOINT ["python", "-m", "reference"]
