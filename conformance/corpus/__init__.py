"""The test data: texts, drawings, photographs, and image files."""
