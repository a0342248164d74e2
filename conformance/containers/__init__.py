"""Run an image in a container, and observe what cannot be seen through a URL.

The package calls the ``docker`` command instead of a library. The command respects the user's
context, DOCKER_HOST and credentials, works with podman too, and does not add a dependency. The
project's own tests of `docker/compose.yml` use pytest-docker, which starts Compose projects.
"""
