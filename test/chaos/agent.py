# An agent of the published aim-sdk for the chaos run: the same as agent.ts, with the other SDK.
import json
import os
import random
import signal
import sys
import time
import uuid

from aim_sdk import secure

name, url, ran, pause = sys.argv[1:5]
ending = False


def end(*_):
    global ending
    ending = True


signal.signal(signal.SIGTERM, end)


def persistently(work):
    while not ending:
        try:
            return work()
        except Exception as error:
            print(error, file=sys.stderr, flush=True)
            time.sleep(0.5)


agent = persistently(lambda: secure(name, api_key=os.environ["CHAOS_API_KEY"], aim_url=url, capabilities=["order:read"], auto_detect=False))
print("ready", flush=True)


def act(resource, needs_person):
    @agent.perform_action(
        "payment:refund" if needs_person else "order:read",
        resource=resource,
        jit_access=needs_person,
        timeout_seconds=30,
        auto_register=False,
    )
    def run():
        line = json.dumps({"name": name, "resource": resource, "at": int(time.time() * 1000)}) + "\n"
        file = os.open(ran, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, line.encode())
        os.close(file)

    run()


while not ending:
    try:
        act("order-" + str(uuid.uuid4()), random.random() < 0.5)
    except Exception:
        pass  # Denied, unreachable, too late: whatever it was, nothing ran.
    time.sleep(float(pause) / 1000 * (0.5 + random.random()))
os._exit(0)
