"""Run an image in a container, and observe what a URL cannot show.

It calls the ``docker`` command and no library: the command follows the user's context, DOCKER_HOST
and credentials, podman answers to it too, and the suite gains no dependency. pytest-docker, which
starts compose projects for fixtures, is what the project's own tests of `docker/compose.yml` use.
"""
