"""A service that asks the gate before it books a visit: `python examples/service.py`, then

    curl --data-binary @examples/proposed-denied.json http://127.0.0.1:8080/visits

Policy and registers are read once. The gate is safe to share between the threads of the server. What time it is says
the server's own clock, whatever a visit claims: nobody books a visit for a time that has passed.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import visitcheck as vc

LARGEST_VISIT = 1_000_000
REGISTERS = {
    "lenders": {
        "L-1": {"name": "示例银行股份有限公司", "kind": "bank", "memberships": ["cba"]},
        "L-2": {"name": "示例消费金融有限公司", "kind": "consumer_finance", "memberships": []},
    },
    "collectors": {
        "K-101": {"name": "陈静", "employer": "lender", "authorised": True},
        "K-102": {"name": "刘洋", "employer": "lender", "authorised": True},
    },
}
GATE = vc.Gate(vc.load_policy("base"), registers=REGISTERS, trust_as_of=False).prepare("proposed")
STATUS = {"allow": HTTPStatus.CREATED, "review": HTTPStatus.ACCEPTED, "deny": HTTPStatus.FORBIDDEN}


def book(body: bytes, gate: vc.Gate = GATE) -> tuple[HTTPStatus, str]:
    """Books the visit if the gate allows it; says why not otherwise, as JSON."""
    try:
        decision = gate.check(body)
    except vc.InvalidVisit as error:
        problems = [problem.as_dict() for problem in error.problems]
        return HTTPStatus.UNPROCESSABLE_ENTITY, json.dumps({"problems": problems}, ensure_ascii=False)
    return STATUS[decision.outcome], decision.to_json()


class Handler(BaseHTTPRequestHandler):
    """POST /visits with a visit as JSON."""

    def do_POST(self) -> None:
        """Answers with the decision as JSON."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/visits":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        if not length.isdecimal() or int(length) > LARGEST_VISIT:
            self.send_error(HTTPStatus.BAD_REQUEST, f"Content-Length has to be {LARGEST_VISIT} at most")
            return
        status, answer = book(self.rfile.read(int(length)))
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.end_headers()
        self.wfile.write(answer.encode())


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
