"""The local page (`qa-assess serve`): paste and read, upload, correct; on this machine alone.

`create_app(WebSettings())` is a whole ASGI application. Each page is a router in its own file; `app.py` puts them
together, `state.py` holds what they share, `security.py` says who is let in. Needs FastAPI and uvicorn:
``pip install 'qa-assess[web]'``.
"""

from qa_assess.errors import ServeError

try:
    import fastapi
    import python_multipart  # noqa: F401 - FastAPI reads forms with it
    import uvicorn  # noqa: F401 - the server; not used here, but not to be missed later
except ImportError as error:
    raise ServeError(
        f"the page needs {error.name or 'a library'}, which is not installed", hint="pip install 'qa-assess[web]'"
    ) from error

del fastapi
