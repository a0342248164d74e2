"""Start a container from an image and observe what HTTP requests cannot reveal.

The package calls the ``docker`` command instead of a library. The command respects the user's
context, DOCKER_HOST, and credentials, works with podman too, and does not add a dependency. The
project's own tests of `docker/compose.yml` use pytest-docker, which starts Compose projects.
"""
