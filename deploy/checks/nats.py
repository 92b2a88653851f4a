"""A NATS client of the few verbs that the checks need: connect, subscribe, publish, request.

Blocking, one connection, standard library only. It refuses nothing; an error of the server is kept in
`errors`, because a refused publish is answered by an error line and by nothing else.
"""

import json
import os
import socket
import time


class Client:
    """One connection to a server at 127.0.0.1."""

    def __init__(self, port, user=None, password=None, inbox="_INBOX"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.buffer = b""
        self.errors = []
        self.inbox = f"{inbox}.{os.urandom(8).hex()}"
        self.next_sid = 0
        self.next_reply = 0
        self.messages = []
        assert self._line().startswith(b"INFO "), "a NATS server greets with INFO"
        options = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True, "lang": "python",
                   "version": "0", "name": "deploy-check"}
        if user:
            options |= {"user": user, "pass": password}
        self._send(b"CONNECT " + json.dumps(options).encode() + b"\r\n")
        self.flush()
        if self.errors:
            raise PermissionError(self.errors[0])
        self.subscribe(f"{self.inbox}.>")

    def close(self):
        self.socket.close()

    def subscribe(self, subject):
        self.next_sid += 1
        self._send(f"SUB {subject} {self.next_sid}\r\n".encode())

    def publish(self, subject, body=b"", reply="", headers=None):
        if headers:
            head = b"NATS/1.0\r\n" + b"".join(f"{k}: {v}\r\n".encode() for k, v in headers.items()) + b"\r\n"
            self._send(f"HPUB {subject} {reply} {len(head)} {len(head) + len(body)}\r\n".encode() + head + body + b"\r\n")
        else:
            self._send(f"PUB {subject} {reply} {len(body)}\r\n".encode() + body + b"\r\n")

    def flush(self, timeout=5):
        """Waits until the server has seen everything sent, and has told its errors of it."""
        self._send(b"PING\r\n")
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if self._read(until) == "PONG":
                return
        raise TimeoutError("no PONG")

    def request(self, subject, body=b"", timeout=2, headers=None, keeps_subject=False):
        """The reply's body, or None: refused, or nobody there. A pulled message keeps the subject it was stored under."""
        self.next_reply += 1
        reply = f"{self.inbox}.{self.next_reply}"
        errors = len(self.errors)
        self.publish(subject, body, reply, headers)
        until = time.monotonic() + timeout
        while time.monotonic() < until and len(self.errors) == errors:
            try:
                self._read(until)
            except TimeoutError:
                break
            for i, (got, payload) in enumerate(self.messages):
                if keeps_subject or got == reply:
                    del self.messages[i]
                    return payload
        return None

    def api(self, subject, body=None, timeout=2):
        """A JetStream API request: its answer as JSON, or None."""
        answer = self.request(f"$JS.API.{subject}", json.dumps(body).encode() if body is not None else b"", timeout)
        return json.loads(answer) if answer else None

    def refused(self, subject, body=b""):
        """Whether the server refuses this publish for want of permission."""
        errors = len(self.errors)
        self.publish(subject, body, f"{self.inbox}.refused")
        self.flush()
        return any("permissions violation" in error.lower() for error in self.errors[errors:])

    def refused_subscription(self, subject):
        """Whether the server refuses this subscription."""
        errors = len(self.errors)
        self.subscribe(subject)
        self.flush()
        return any("permissions violation" in error.lower() for error in self.errors[errors:])

    def _send(self, data):
        self.socket.sendall(data)

    def _line(self):
        while b"\r\n" not in self.buffer:
            self._fill()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def _fill(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionError(self.errors[-1] if self.errors else "the server closed the connection")
        self.buffer += data

    def _read(self, until):
        self.socket.settimeout(max(0.01, until - time.monotonic()))
        line = self._line()
        verb, _, rest = line.decode().partition(" ")
        if verb in ("MSG", "HMSG"):
            parts = rest.split()
            size = int(parts[-1])
            while len(self.buffer) < size + 2:
                self._fill()
            payload, self.buffer = self.buffer[:size], self.buffer[size + 2:]
            if verb == "HMSG":
                payload = payload[int(parts[-2]):]
            self.messages.append((parts[0], payload))
        elif verb == "PING":
            self._send(b"PONG\r\n")
        elif verb == "-ERR":
            self.errors.append(rest.strip("'"))
        return verb
