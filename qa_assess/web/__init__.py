"""The local page (`qa-assess serve`): paste and read, upload, correct; on this machine alone.

`create_app(WebSettings())` is a whole ASGI application. Each page is a router in its own file; `app.py` puts them
together, `state.py` holds what they share, `security.py` says who is let in. Needs FastAPI and uvicorn:
``pip install 'qa-assess[web]'``.
"""

from importlib import import_module

from qa_assess.errors import INSTALL_WEB, ServeError

for _needed in ("fastapi", "jinja2", "python_multipart", "uvicorn"):
    try:
        import_module(_needed)
    except ImportError as _error:
        raise ServeError(f"the page needs {_needed}, which is not installed", hint=INSTALL_WEB) from _error
