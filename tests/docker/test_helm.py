"""Weaviate's real Helm chart, rendered with docker/helm-values*.yaml.

CLIP_HELM_CHART names the chart: a directory, or a name that helm knows, such as weaviate/weaviate.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

FOLDER = Path(__file__).parents[2] / "docker"
VENDOR = "cr.weaviate.io/semitechnologies/multi2vec-clip"
TAG = "sentence-transformers-clip-ViT-B-32-multilingual-v1"
NAME = "clip-inference"

Manifests = dict[tuple[str, str], Any]


def rendered(*values: str) -> Manifests:
    chart = os.environ.get("CLIP_HELM_CHART")
    if not shutil.which("helm"):
        pytest.skip("not run: there is no helm")
    if not chart:
        pytest.skip("not run: CLIP_HELM_CHART names no chart")
    files = [word for name in values for word in ("--values", str(FOLDER / name))]
    command = ["helm", "template", "release", chart, "--namespace", "here", *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    documents = [each for each in yaml.safe_load_all(done.stdout) if each]
    return {(each["kind"], each["metadata"]["name"]): each for each in documents}


@pytest.fixture(scope="module")
def vendor() -> Manifests:
    return rendered("helm-values.yaml")


@pytest.fixture(scope="module")
def reference() -> Manifests:
    return rendered("helm-values.yaml", "helm-values-reference.yaml")


def container(manifests: Manifests) -> dict[str, Any]:
    pod = manifests["Deployment", NAME]["spec"]["template"]["spec"]
    (only,) = pod["containers"]
    return dict(only)


def test_the_images_are_those_of_the_page_and_of_the_reference(
    vendor: Manifests, reference: Manifests
) -> None:
    assert container(vendor)["image"] == f"{VENDOR}:{TAG}"
    assert container(reference)["image"].endswith(f"/multi2vec-clip-reference:{TAG}")


def test_weaviate_is_told_where_the_encoder_is(vendor: Manifests) -> None:
    (weaviate,) = vendor["StatefulSet", "weaviate"]["spec"]["template"]["spec"]["containers"]
    told = {each["name"]: each.get("value") for each in weaviate["env"]}
    assert told["CLIP_INFERENCE_API"].startswith(f"http://{NAME}.here.svc.")
    assert told["CLIP_INFERENCE_API"].endswith(":8080")
    assert "multi2vec-clip" in told["ENABLE_MODULES"].split(",")
    assert vendor["Service", NAME]["spec"]["ports"][0]["port"] == 8080


def test_the_encoder_is_told_what_to_compute_on(vendor: Manifests) -> None:
    assert {"name": "ENABLE_CUDA", "value": "0"} in container(vendor)["env"]


def test_probes_leave_the_model_time_to_load(vendor: Manifests, reference: Manifests) -> None:
    for manifests, delay in ((vendor, 300), (reference, 10)):
        live, ready = (container(manifests)[f"{kind}Probe"] for kind in ("liveness", "readiness"))
        assert live["httpGet"] == {"path": "/.well-known/live", "port": 8080}
        assert ready["httpGet"] == {"path": "/.well-known/ready", "port": 8080}
        assert (live["initialDelaySeconds"], live["timeoutSeconds"]) == (delay, 3)


def test_the_disruption_budget_has_one_bound(vendor: Manifests) -> None:
    budget = vendor["PodDisruptionBudget", NAME]["spec"]
    assert {"minAvailable", "maxUnavailable"} & budget.keys() == {"maxUnavailable"}


def test_the_reference_does_not_run_as_root(reference: Manifests) -> None:
    pod = reference["Deployment", NAME]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True


def test_the_autoscaler_fits_the_deployment(vendor: Manifests) -> None:
    autoscaler = yaml.safe_load((FOLDER / "helm-autoscaler.yaml").read_text())["spec"]
    deployment = vendor["Deployment", autoscaler["scaleTargetRef"]["name"]]
    assert deployment["spec"]["replicas"] == autoscaler["minReplicas"]
    assert autoscaler["maxReplicas"] > autoscaler["minReplicas"]
    # Target utilization is a percentage of the requested CPU.
    assert container(vendor)["resources"]["requests"]["cpu"]
