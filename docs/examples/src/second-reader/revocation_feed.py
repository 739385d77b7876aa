#!/usr/bin/env python3
"""A reader of the revocation feed, written from docs/revocation-feed.md alone. It needs Python 3.9 and nothing else.

    revocation_feed.py vectors FILE
    revocation_feed.py follow URL --id ID [--by page|wait|stream] [--after POSITION] [--events N] [--seconds N]

`follow` takes the secret from the environment variable FEED_SECRET, and prints one JSON object per line.
"""
import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

MAX_PAGE_OCTETS = 1_048_576
MAX_PAGE_EVENTS = 4096
KINDS = ("token", "grant", "session", "subject", "client")
POSITION = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
KEY = re.compile(r"[A-Za-z0-9_-]{16}", re.ASCII)
REPLAY = object()
PART = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class Refused(Exception):
    """A page that breaks a rule."""


# Section 4: keys


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def digest(text):
    return base64url(hashlib.sha256(text.encode("utf-8")).digest())


def make_key(secret, kind, identifier):
    message = f"{kind}\n{identifier}".encode("utf-8")
    return base64url(hmac.new(secret.encode("utf-8"), message, hashlib.sha256).digest()[:12])


def token_digests(token, iss=None, jti=None):
    digests = [digest(token)]
    signed = signed_part(token)
    if signed is not None:
        digests.append(digest(signed))
        if iss is not None and jti is not None:
            # These settings of json.dumps write what RFC 8785 writes for an array of strings.
            digests.append(digest("\n" + json.dumps([iss, jti], ensure_ascii=False, separators=(",", ":"))))
    return digests


def signed_part(token):
    parts = token.split(".")
    if len(parts) != 3 or not all(PART.fullmatch(part) for part in parts):
        return None
    try:
        header = json.loads(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except ValueError:
        return None
    if not isinstance(header, dict) or not isinstance(header.get("alg"), str):
        return None
    return f"{parts[0]}.{parts[1]}"


# Section 3.2: pages


def read_page(text, after):
    """Reads a page and checks every rule. `after` is None for a question without a position, or REPLAY."""
    if len(text.encode("utf-8")) > MAX_PAGE_OCTETS:
        raise Refused("too large")
    try:
        page = json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refused("no JSON") from error
    if not isinstance(page, dict):
        raise Refused("no object")
    events = page.get("events")
    if not is_position(page.get("position")):
        raise Refused("position")
    if not isinstance(events, list) or len(events) > MAX_PAGE_EVENTS:
        raise Refused("events")
    for flag in ("gap", "more"):
        if not isinstance(page.get(flag, False), bool):
            raise Refused(flag)
    for event in events:
        check_event(event)
    if "key_check" in page and not is_key(page["key_check"]):
        raise Refused("key_check")
    gap, more = page.get("gap", False), page.get("more", False)
    if more and not events:
        raise Refused("more, and no events")
    if after is REPLAY:
        return read_replay(page, events, gap, more)
    if events and (gap or after is None):
        raise Refused("events after a gap")
    if not gap and after is not None:
        check_chain(events, after, page["position"])
    return {"position": page["position"], "events": events, "gap": gap, "more": more}


def read_replay(page, events, gap, more):
    if gap:
        raise Refused("gap")
    if "since" in page and not is_seconds(page["since"]):
        raise Refused("since")
    check_chain(events, events[0]["previous"] if events else page["position"], page["position"])
    about = {"since": page.get("since"), "keyCheck": page.get("key_check")}
    return {"position": page["position"], "events": events, "more": more, **about}


def check_chain(events, after, position):
    last = after
    for event in events:
        if event["previous"] != last:
            raise Refused("chain")
        last = event["position"]
    if last != position:
        raise Refused("the page does not end at its position")


def check_event(event):
    if not isinstance(event, dict):
        raise Refused("event")
    if not is_position(event.get("position")) or not is_position(event.get("previous")):
        raise Refused("position")
    if not is_seconds(event.get("at")):
        raise Refused("at")
    if "cut" not in event or not (event["cut"] is None or is_seconds(event["cut"])):
        raise Refused("cut")
    if event.get("kind") not in KINDS:
        raise Refused("kind")
    if not is_key(event.get("key")):
        raise Refused("key")


def is_key(value):
    return isinstance(value, str) and KEY.fullmatch(value) is not None


def is_position(value):
    return isinstance(value, str) and POSITION.fullmatch(value) is not None


def is_seconds(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 <= value < 100_000_000_000 and value == int(value)


def refuse_constant(name):
    raise ValueError(name)


# Section 3.4: event streams


class EventStream:
    """Takes octets as they come, and gives the data of each message."""

    def __init__(self, limit=MAX_PAGE_OCTETS):
        self.limit = limit
        self.rest = b""
        self.data = []
        self.size = 0
        self.begins = True
        self.after_cr = False

    def feed(self, octets):
        messages = []
        self.rest += octets
        if self.begins:
            if len(self.rest) < 3 and b"\xef\xbb\xbf".startswith(self.rest):
                return messages
            self.rest = self.rest.removeprefix(b"\xef\xbb\xbf")
            self.begins = False
        while True:
            if self.after_cr and self.rest:
                self.rest = self.rest.removeprefix(b"\n")
                self.after_cr = False
            ends = [at for at in (self.rest.find(b"\n"), self.rest.find(b"\r")) if at != -1]
            if not ends:
                break
            end = min(ends)
            self.after_cr = self.rest[end : end + 1] == b"\r"
            line, self.rest = self.rest[:end], self.rest[end + 1 :]
            message = self.take(line)
            if message is not None:
                messages.append(message)
        if self.size + len(self.rest) > self.limit + 64:
            raise Refused("too large")
        return messages

    def take(self, line):
        if line == b"":
            data, self.data, self.size = self.data, [], 0
            return b"\n".join(data).decode("utf-8", "replace") if data else None
        name, _, value = line.partition(b":")
        if name == b"data":
            self.data.append(value.removeprefix(b" "))
            self.size += len(value)
        return None


# Section 7: the follower


class Follower:
    """What one process knows. It has no clock and no network of its own."""

    def __init__(self, lease):
        self.lease = lease
        self.applied = None
        self.since_gap = set()  # positions
        self.order = 0
        self.gaps = 0
        self.floor = 0  # answers from before this order are not proven
        self.known_as_of = None
        self.touched = {}  # the latest order of an event with a key
        self.answers = {}

    def on_page(self, page, after, asked_at):
        if after is None or page["gap"]:
            if after != self.applied:
                return
            self.gaps += 1 if page["gap"] else 0
            self.begin(page["position"])
        self.apply(page["events"])
        if page["more"] or page["position"] not in self.since_gap:
            return
        if self.known_as_of is None or asked_at > self.known_as_of:
            self.known_as_of = asked_at

    def on_stream(self, page):
        self.apply(page["events"])

    def begin(self, position):
        self.order += 1
        self.floor = self.order
        self.applied = position
        self.since_gap = {position}
        self.known_as_of = None

    def apply(self, events):
        for event in events:
            if event["previous"] != self.applied:
                continue
            self.order += 1
            self.applied = event["position"]
            self.since_gap.add(self.applied)
            self.touched[event["key"]] = self.order

    def remember(self, name, sent_with, sent_order, keys, read_at):
        proven = bool(keys) and sent_with is not None and read_at == sent_with
        self.answers[name] = {"order": sent_order, "keys": keys, "proven": proven, "void": False}

    def knows(self, now):
        void, proven = [], []
        for name, answer in self.answers.items():
            if any(self.touched.get(key, 0) > answer["order"] for key in answer["keys"]):
                void.append(name)
            elif answer["proven"] and answer["order"] >= self.floor:
                proven.append(name)
        return {
            "applied": self.applied,
            "knownAsOf": self.known_as_of,
            "leased": self.known_as_of is not None and now - self.known_as_of < self.lease,
            "gaps": self.gaps,
            "void": sorted(void),
            "proven": sorted(proven),
        }


# Section 9: JWTs that nobody introspects


class JwtFollower:
    """What a follower with the secret knows about JWTs. Their signature is verified elsewhere."""

    def __init__(self, secret, events, since=None):
        self.secret = secret
        self.since = events[0]["at"] if since is None and events else since
        self.revoked = {}  # a key and its cuts
        for event in events:
            self.revoked.setdefault(event["key"], []).append(event["cut"])

    def is_revoked(self, token, claims):
        digests = token_digests(token, claims.get("iss"), claims.get("jti"))[1:]
        if any(self.key("token", each) in self.revoked for each in digests):
            return True
        names = {"session": "sid", "subject": "sub", "client": "client_id"}
        issued_at = claims.get("iat", -1)
        return any(
            cut is None or issued_at <= cut
            for kind, name in names.items()
            if name in claims
            for cut in self.revoked.get(self.key(kind, claims[name]), [])
        )

    def is_covered(self, claims):
        return self.since is not None and claims.get("iat", -1) > self.since

    def key(self, kind, identifier):
        return make_key(self.secret, kind, identifier)


# Section 13: vectors


def run_vectors(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    checks = {
        "digests": check_digests,
        "keys": check_key,
        "pages": check_page,
        "replays": check_replay,
        "jwts": check_jwt,
        "streams": check_stream,
        "histories": check_history,
    }
    failures = 0
    for name, check in checks.items():
        passed = 0
        for vector in vectors[name]:
            problem = check(vector)
            if problem is None:
                passed += 1
            else:
                failures += 1
                print(f"{name}: {vector.get('title', vector)}: {problem}", file=sys.stderr)
        print(f"{name}: {passed} of {len(vectors[name])}")
    return 0 if failures == 0 else 1


def differs(got, expected):
    return None if got == expected else f"got {got!r}, expected {expected!r}"


def check_digests(vector):
    return differs(token_digests(vector["token"], vector.get("iss"), vector.get("jti")), vector["digests"])


def check_key(vector):
    return differs(make_key(vector["secret"], vector["kind"], vector["identifier"]), vector["key"])


def check_page(vector):
    try:
        page = read_page(vector["text"], vector["after"])
    except Refused as reason:
        return None if "refused" in vector else f"refused: {reason}"
    if "refused" in vector:
        return f"was accepted, and is to be refused: {vector['refused']}"
    return differs(summary(page), {name: vector[name] for name in ("position", "events", "gap", "more")})


def check_replay(vector):
    try:
        page = read_page(vector["text"], REPLAY)
    except Refused as reason:
        return None if "refused" in vector else f"refused: {reason}"
    if "refused" in vector:
        return f"was accepted, and is to be refused: {vector['refused']}"
    names = ("position", "events", "more", "since", "keyCheck")
    return differs(summary(page), {name: vector[name] for name in names})


def check_jwt(vector):
    follower = JwtFollower(vector["secret"], vector["events"], vector.get("since"))
    token, claims = vector["token"], vector["claims"]
    got = {"revoked": follower.is_revoked(token, claims), "covered": follower.is_covered(claims)}
    return differs(got, {name: vector[name] for name in got})


def summary(page):
    return {**page, "events": [event["position"] for event in page["events"]]}


def check_stream(vector):
    stream = EventStream()
    pages = [
        json.loads(message) for chunk in vector["chunks"] for message in stream.feed(chunk.encode("latin-1"))
    ]
    got = [
        {"position": page["position"], "events": [event["position"] for event in page["events"]]} for page in pages
    ]
    return differs(got, vector["pages"])


def check_history(vector):
    follower = Follower(vector["lease"])
    questions, requests = {}, {}
    for number, step in enumerate(vector["steps"], 1):
        if "ask" in step:
            questions[step["ask"]] = (follower.applied, step["at"])
        elif "page" in step and "to" in step:
            after, asked_at = questions[step["to"]]
            try:
                follower.on_page(read_page(json.dumps(step["page"]), after), after, asked_at)
            except Refused:
                pass
        elif "stream" in step:
            try:
                follower.on_stream(read_page(json.dumps(step["stream"]), step["after"]))
            except Refused:
                pass
        elif "send" in step:
            requests[step["send"]] = (follower.applied, follower.order)
        elif "answer" in step:
            follower.remember(step["answer"], *requests[step["answer"]], step["keys"], step.get("readAt"))
        problem = differs(follower.knows(step["at"]), step["then"])
        if problem is not None:
            return f"after step {number}: {problem}"
    return None


# Following a live feed


def follow(options):
    secret = os.environ.get("FEED_SECRET", "")
    reader = LiveReader(options.url, options.id, secret, options.seconds)
    ways = {"page": by_question, "wait": by_question, "stream": by_stream}
    after, left = options.after, options.events
    if after is None:
        after = reader.ask(None)["position"]
        tell({"position": after})
    while left > 0:
        before = after
        for page in ways[options.by](reader, after, options.by == "wait"):
            if page["gap"]:
                tell({"gap": True, "position": page["position"]})
                return 0
            for event in page["events"]:
                if event["previous"] != after:
                    raise Refused("chain")
                after = event["position"]
                tell(event)
                left -= 1
            if left <= 0:
                return 0
        if before == after and options.by == "page":
            time.sleep(0.05)
    return 0


def by_question(reader, after, wait):
    yield reader.ask(after, wait)


def by_stream(reader, after, _):
    with reader.open(after, "text/event-stream") as response:
        stream = EventStream()
        while True:
            octets = response.read1(65_536)
            if not octets:
                return
            for message in stream.feed(octets):
                page = read_page(message, after)
                after = page["position"]
                yield page


class LiveReader:
    def __init__(self, url, client_id, secret, seconds):
        self.url = url
        # RFC 6749 section 2.3.1: both are form-encoded before they are joined.
        pair = f"{urllib.parse.quote_plus(client_id)}:{urllib.parse.quote_plus(secret)}"
        self.authorization = "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")
        self.seconds = seconds

    def open(self, after, accept, wait=False):
        query = {} if after is None else {"after": after}
        if wait:
            query["wait"] = str(self.seconds)
        request = urllib.request.Request(
            self.url + ("?" + urllib.parse.urlencode(query) if query else ""),
            headers={"Authorization": self.authorization, "Accept": accept},
        )
        return urllib.request.urlopen(request, timeout=self.seconds + 5)

    def ask(self, after, wait=False):
        with self.open(after, "application/json", wait) as response:
            if response.headers.get_content_type() != "application/json":
                raise Refused("media type")
            return read_page(response.read(MAX_PAGE_OCTETS + 1).decode("utf-8"), after)


def tell(value):
    print(json.dumps(value), flush=True)


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    vectors = commands.add_parser("vectors")
    vectors.add_argument("file")
    live = commands.add_parser("follow")
    live.add_argument("url")
    live.add_argument("--id", required=True)
    live.add_argument("--by", choices=("page", "wait", "stream"), default="stream")
    live.add_argument("--after")
    live.add_argument("--events", type=int, default=sys.maxsize)
    live.add_argument("--seconds", type=int, default=30)
    options = parser.parse_args()
    try:
        return run_vectors(options.file) if options.command == "vectors" else follow(options)
    except urllib.error.HTTPError as error:
        print(f"the feed answers {error.code}", file=sys.stderr)
        return 1
    except Refused as reason:
        print(f"refused: {reason}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
