"""The application: the pages' routers, behind the guard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Response
from fastapi.routing import APIRoute
from starlette.staticfiles import StaticFiles

from qa_assess.pages import style_sheet
from qa_assess.web import corrections, corrections_api, jobs_api, results, single, uploads
from qa_assess.web.problems import add_handlers
from qa_assess.web.security import HEADERS, Guard
from qa_assess.web.state import Models, State, WebSettings
from qa_assess.web.views import STYLE

ROUTERS: tuple[APIRouter, ...] = (
    single.router,
    uploads.router,
    results.router,
    corrections.router,
    jobs_api.router,
    corrections_api.router,
)


def create_app(settings: WebSettings, models: Models | None = None) -> FastAPI:
    """The whole page as an ASGI application.

    Args:
        settings: The folder, the models, the port.
        models: Those to assess with, where they are loaded already.

    Raises:
        OutputError: The folder cannot be written to.
    """
    state = State.open(settings, models)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        state.start()
        yield
        state.close()

    app = FastAPI(
        title="qa-assess",
        description="Did the minister answer what was asked?",
        lifespan=lifespan,
        # The pages that FastAPI would show at /docs load their scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        # One field may be as large as the request, whose size the guard bounds.
        form_limits={"max_part_size": settings.largest_paste, "max_files": settings.most_files, "max_fields": 1000},
    )
    app.state.held = state
    app.add_middleware(Guard, state=state)
    add_handlers(app, HEADERS)
    app.add_api_route(STYLE, _style, include_in_schema=False)
    app.mount("/static", StaticFiles(packages=[("qa_assess.web", "static")]), name="static")
    for router in ROUTERS:
        app.include_router(router)
    app.state.routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return app


def _style() -> Response:
    return Response(style_sheet(), media_type="text/css; charset=utf-8")
