"""Other server software: the reference library's WSGI server, and asyncio."""
