"""What is sent: texts, drawings, photographs, image files."""
