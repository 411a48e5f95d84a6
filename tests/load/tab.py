"""A browser's tab without the browser: it speaks the protocol of Streamlit's own page, and counts what it is told.

It does what was seen of Chromium: asks for a cookie against forged requests, opens the web socket with it, sends the
state of every widget that is shown with each change, keeps messages by their digest, fetches the files that the page
offers, and says that its map is painted. It draws nothing, so fifty of them fit beside a server on one machine.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from tests.load.widgets import SHOWS, state_of

_FAILED = 'class="failed"'  # our own box for what cannot be shown
MARK = re.compile(rb"zq\d{4}zq")  # what one person types or uploads and nobody else may be sent
WAIT_SECONDS = 120.0  # a person has long gone by then
_PAINTED = re.compile(r"/painted/[\w-]+")  # where a browser tells that its map is painted: charts wait for it
_XSRF = "_streamlit_xsrf"
_EARLY = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN
_BLOCKS = {"tab_container", "expandable", "popover"}  # boxes that a person opens, and the page hears of it
_BROKEN = ForwardMsg.ScriptFinishedStatus.FINISHED_WITH_COMPILE_ERROR


class AnswerError(Exception):
    """The page did not answer as a page does."""


@dataclass
class Shown:
    """One element of the page, by its place."""

    kind: str
    proto: Any
    fragment: str
    run: int


class Tab:
    """One tab of one browser.

    Parameters
    ----------
    address : str
        Of the app, or of the proxy before it; no slash at its end.
    fetches : bool
        Fetch the files of the page's download buttons as soon as they are drawn, as the browser does.

    Attributes
    ----------
    errors : list of str
        What went wrong so far.
    marks : set of bytes
        Every ``MARK`` in anything that was received.
    """

    def __init__(self, address: str, *, fetches: bool = True) -> None:
        self.address = address
        self.errors: list[str] = []
        self.session = ""
        self.marks: set[bytes] = set()
        self.received_bytes = 0
        self.query = ""
        self.page = ""
        self.title = ""
        self.shown: dict[tuple[int, ...], Shown] = {}
        self._states: dict[str, WidgetState] = {}
        self._kept: dict[str, tuple[int, ForwardMsg]] = {}
        self._run = 0
        self._fetches = fetches
        self._fetched: set[str] = set()
        # the server lets go of a connection that was idle for five seconds: it must not be asked just then
        idle = httpx.Limits(keepalive_expiry=2.0)
        self._http = httpx.AsyncClient(base_url=address, timeout=WAIT_SECONDS, trust_env=False, limits=idle)
        self._socket: ClientConnection | None = None
        self._asked = 0
        self._paints = ""
        self.path = ""

    # --- opening and closing ------------------------------------------------------------------------------------------
    async def open(self, page: str = "", query: str = "") -> float:
        """Open the app at a page, such as ``hotspots``; gives the seconds until the page had run."""
        began = time.perf_counter()
        await self._connect()
        self.query, self.path = query, page
        message = BackMsg()
        message.rerun_script.page_name = page
        await self._send(message)
        await self._finished()
        return time.perf_counter() - began

    async def reconnect(self) -> None:
        """Lose the connection and come back to the same session, as a laptop does that was shut."""
        session, self.session = self.session, ""
        await self._hang_up()
        await self._connect(session)

    async def close(self) -> None:
        """Close the tab."""
        await self._hang_up()
        await self._http.aclose()

    async def _connect(self, session: str = "") -> None:
        answer = await self._http.get("/_stcore/health")
        answer.raise_for_status()
        token = self._http.cookies.get(_XSRF, "")
        cookies = "; ".join(f"{one.name}={one.value}" for one in self._http.cookies.jar)
        self._socket = await connect(
            self.address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit", token or "PLACEHOLDER_AUTH_TOKEN", *([session] if session else [])],  # type: ignore[list-item]
            additional_headers={"Cookie": cookies},
            origin=self.address,  # type: ignore[arg-type]
            max_size=None,
            proxy=None,
            ping_interval=None,
        )

    async def _hang_up(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    # --- what a person does -------------------------------------------------------------------------------------------
    async def choose(self, key: str, value: Any) -> float:
        """Set a widget, by the key that the program gave it; gives the seconds until the page had run.

        Parameters
        ----------
        key : str
        value : str, bool or list of str
            As the widget shows it, such as "Drugs".
        """
        one = self.widget(key)
        self._states[one.proto.id] = state_of(one.proto, one.kind, value)
        return await self._rerun(fragment=one.fragment)

    async def press(self, key: str) -> float:
        """Press a button; gives the seconds until the page had run."""
        one = self.widget(key)
        pressed = WidgetState(id=one.proto.id, trigger_value=True)
        return await self._rerun(pressed, fragment=one.fragment)

    async def go(self, page: str) -> float:
        """Follow a link to another page, by its path such as ``hotspots``; gives the seconds until it had run."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self._link(page)
        self._states.clear()
        self.query, self.path = "", page
        return await self._timed(message)

    async def download(self, key: str) -> bytes:
        """Press a download button; gives the file."""
        return await self.fetch(self.widget(key).proto.url)

    async def upload(self, key: str, name: str, content: bytes) -> float:
        """Put a file into an upload field; gives the seconds until the page had run with it."""
        one = self.widget(key)
        self._asked += 1
        message = BackMsg()
        message.file_urls_request.request_id = str(self._asked)
        message.file_urls_request.session_id = self.session
        message.file_urls_request.file_names.append(name)
        await self._send(message)
        urls = await self._file_urls(str(self._asked))
        answer = await self._http.put(
            urls.upload_url,
            files={"file": (name, content)},
            headers={"X-Xsrftoken": self._http.cookies.get(_XSRF) or ""},
        )
        answer.raise_for_status()
        state = WidgetState(id=one.proto.id)
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(content), urls.file_id
        info.file_urls.CopyFrom(urls)
        self._states[one.proto.id] = state
        return await self._rerun(fragment=one.fragment)

    async def fetch(self, url: str) -> bytes:
        """Fetch a file of the app; a refusal is an error."""
        answer = await self._http.get(urljoin(self.address + "/", url))
        if answer.status_code != httpx.codes.OK:
            raise AnswerError(f"{answer.status_code} for {url}")
        self._look(answer.content)
        return answer.content

    # --- what is on the page ------------------------------------------------------------------------------------------
    def widget(self, key: str) -> Shown:
        """Give the widget of the page with this key."""
        for one in self.shown.values():
            if str(getattr(one.proto, "id", "")).endswith(f"-{key}"):
                return one
        raise AnswerError(f"no widget {key} on the page {self.path!r} ({self.title})")

    def _link(self, page: str) -> str:
        for one in self.of_kind("page_link"):
            if one.proto.page == page:
                return str(one.proto.page_script_hash)
        raise AnswerError(f"no link to {page} on the page {self.path!r} ({self.title})")

    def has(self, key: str) -> bool:
        """Whether a widget of this key is on the page."""
        return any(str(getattr(one.proto, "id", "")).endswith(f"-{key}") for one in self.shown.values())

    def options(self, key: str) -> list[str]:
        """Give what a selection offers."""
        return [getattr(one, "content", one) for one in self.widget(key).proto.options]

    def value(self, key: str) -> Any:
        """Give what a widget shows: text, or a list of texts; "" where it shows nothing."""
        state = self._states.get(self.widget(key).proto.id)
        if state is not None and state.WhichOneof("value") == "string_array_value":
            return list(state.string_array_value.data)
        return state.string_value if state is not None else ""

    def text(self) -> str:
        """Give the texts of the page, in order."""
        return "\n".join(str(getattr(one.proto, "body", "")) for _, one in sorted(self.shown.items()))

    def of_kind(self, *kinds: str) -> list[Shown]:
        """Give elements of these kinds, in order."""
        return [one for _, one in sorted(self.shown.items()) if one.kind in kinds]

    # --- the protocol -------------------------------------------------------------------------------------------------
    async def _rerun(self, *pressed: WidgetState, fragment: str = "") -> float:
        message = BackMsg()
        asked = message.rerun_script
        asked.page_script_hash, asked.fragment_id = self.page, fragment
        asked.widget_states.widgets.extend([*self._states.values(), *pressed])
        return await self._timed(message)

    async def _timed(self, message: BackMsg) -> float:
        began = time.perf_counter()
        await self._send(message)
        await self._finished()
        return time.perf_counter() - began

    async def _send(self, message: BackMsg) -> None:
        if message.WhichOneof("type") == "rerun_script":
            asked = message.rerun_script
            asked.query_string = self.query
            asked.cached_message_hashes.extend(self._kept)
            about = asked.context_info
            about.timezone, about.locale, about.color_scheme = "Europe/London", "en-GB", "light"
            about.url = f"{self.address}/{self.path}"
        await self._connected().send(message.SerializeToString())

    def _connected(self) -> ClientConnection:
        if self._socket is None:
            raise AnswerError("the tab is not open")
        return self._socket

    async def _next(self) -> ForwardMsg:
        async with asyncio.timeout(WAIT_SECONDS):
            raw = await self._connected().recv()
        if not isinstance(raw, bytes):
            raise AnswerError("text where a message was due")
        self._look(raw)
        message = ForwardMsg()
        message.ParseFromString(raw)
        if message.WhichOneof("type") == "ref_hash":
            known = self._kept.get(message.ref_hash)
            if known is None:
                raise AnswerError("a message that was never sent is referred to")
            whole = ForwardMsg()
            whole.CopyFrom(known[1])
            whole.metadata.CopyFrom(message.metadata)
            self._kept[message.ref_hash] = (self._run, known[1])
            return whole
        if message.metadata.cacheable:
            self._kept[message.hash] = (self._run, message)
        return message

    def _look(self, raw: bytes) -> None:
        self.received_bytes += len(raw)
        self.marks.update(MARK.findall(raw))

    async def _file_urls(self, request: str) -> FileURLs:
        while True:
            message = await self._next()
            if message.WhichOneof("type") == "file_urls_response" and message.file_urls_response.response_id == request:
                found: FileURLs = message.file_urls_response.file_urls[0]
                return found
            self._take(message)

    async def _finished(self) -> None:
        """Take messages until the run that was asked for has ended, then forget what it no longer shows."""
        fragments: set[str] = set()
        age = 1
        self._run += 1
        while True:
            message = await self._next()
            kind = message.WhichOneof("type")
            if kind == "new_session":
                fragments = set(message.metadata.run.fragment_ids)
                age = message.new_session.config.max_cached_message_age or age
            if kind == "script_finished":
                if message.script_finished == _EARLY:
                    self._run += 1
                    continue
                if message.script_finished == _BROKEN:
                    self.errors.append(f"{self.path}: the page does not compile")
                break
            self._take(message)
            if self._paints:  # this one paints in no time
                tell, self._paints = self._paints, ""
                await self._http.post(tell)
        self._forget(fragments, age)
        if self._fetches:
            await self._fetch_files()

    def _forget(self, fragments: Iterable[str], age: int) -> None:
        only = set(fragments)
        self.shown = {
            place: one
            for place, one in self.shown.items()
            if one.run == self._run or (only and one.fragment not in only)
        }
        ids = {str(getattr(one.proto, "id", "")) for one in self.shown.values()}
        self._states = {key: state for key, state in self._states.items() if key in ids}
        self._kept = {key: kept for key, kept in self._kept.items() if kept[0] + age >= self._run}

    async def _fetch_files(self) -> None:
        now = {one.proto.url for one in self.of_kind("download_button")}
        for url in sorted(now - self._fetched):
            try:
                await self.fetch(url)
            except AnswerError as error:
                self.errors.append(f"{self.path}: {error}")
        self._fetched = now

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            new = message.new_session
            self.page = new.page_script_hash
            self.session = new.initialize.session_id or self.session
        elif kind == "navigation":  # of a page opened by its path the message above names the first page
            self.page = message.navigation.page_script_hash or self.page
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "page_config_changed":
            self.title = message.page_config_changed.title or self.title
        elif kind == "page_not_found":
            self.errors.append(f"{self.path}: there is no such page")
        elif kind == "delta":
            drawn = message.delta.WhichOneof("type")
            if drawn in {"new_element", "add_block"}:
                self._draw(message, getattr(message.delta, drawn))

    def _draw(self, message: ForwardMsg, drawn: Any) -> None:
        kind = drawn.WhichOneof("type") or ""
        if message.delta.WhichOneof("type") == "add_block" and kind not in _BLOCKS:
            return
        proto = getattr(drawn, kind) if kind else drawn
        place = tuple(message.metadata.delta_path)
        self.shown[place] = Shown(kind, proto, message.delta.fragment_id, self._run)
        if kind == "html" and (found := _PAINTED.search(proto.body)):
            self._paints = found[0]
        if kind == "exception":
            self.errors.append(f"{self.path}: {proto.type}: {proto.message}")
        elif (kind == "alert" and proto.format == Alert.ERROR) or (kind == "html" and _FAILED in proto.body):
            self.errors.append(f"{self.path}: {proto.body}")
        elif kind in SHOWS and (proto.set_value or proto.id not in self._states):
            self._states[proto.id] = state_of(proto, kind, SHOWS[kind](proto, proto.set_value))
