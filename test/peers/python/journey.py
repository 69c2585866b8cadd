# What an agent written with the published aim-sdk does, step by step, told as lines of JSON.
import base64
import importlib.metadata
import json
import os
import sys

from aim_sdk import secure


def tell(step, **what):
    print("STEP " + json.dumps({"step": step, **what}, default=str), flush=True)


def attempt(step, work):
    try:
        tell(step, value=work())
    except Exception as error:
        tell(step, error=type(error).__name__, text=str(error))


phase, name = sys.argv[1], sys.argv[2]
options = {"api_key": sys.argv[3], "aim_url": sys.argv[4]} if len(sys.argv) > 4 else {}
agent = secure(name, capabilities=["db:read"], description="made by a test", **options)
tell("secured", id=agent.agent_id, version=importlib.metadata.version("aim-sdk"))


@agent.perform_action("db:read", resource="users")
def read():
    return "rows"


@agent.perform_action("db:drop", resource="users")
def drop():
    return "dropped"


@agent.perform_action("email:send", resource="boss", jit_access=True)
def send():
    return "sent"


@agent.perform_action("file:write", resource="report")
def write():
    return "written"


if phase == "write":
    attempt("write", write)

if phase == "post-quantum":
    # As long as keys of ML-DSA-65 are: nothing is signed with them here.
    first, second = (base64.b64encode(os.urandom(1952)).decode() for _ in range(2))
    attempt("algorithms", lambda: [each["name"] for each in agent.get_supported_algorithms()["algorithms"] if each["recommended"]])
    attempt("register", lambda: agent.register_pqc_key(first))
    attempt("rotate", lambda: agent.rotate_pqc_key(second))
    attempt("info", lambda: agent.get_pqc_key_info()["pqcPublicKey"] == second)
    attempt("hybrid on", lambda: agent.set_hybrid_mode(True))
    attempt("hybrid off", lambda: agent.set_hybrid_mode(False))

if phase == "act":
    attempt("read", read)
    attempt("drop", drop)
    attempt("send", send)
    attempt("send again", send)
    attempt("plain", lambda: agent.verify_capability("db:read", resource="a, é😀 <&>", context={"ratio": 1.0, "big": 2**70, "none": None}))

if phase == "manage":
    attempt("request", lambda: agent.request_capability("file:write", "needs to write reports today"))
    attempt("request again", lambda: agent.request_capability("file:write", "needs to write reports today"))
    attempt("list", lambda: [each["name"] for each in agent.list_agents(limit=10)["agents"]])
    attempt("list suspended", lambda: agent.list_agents(limit=10, status="suspended")["total"])
    attempt("get", lambda: agent.get_agent_details(agent.agent_id)["name"])
    attempt("update", lambda: agent.update_agent(description="a café, changed")["description"])
    child = {}

    def create():
        made = agent.create_new_agent(name=name + "-child", agent_type="ai_agent", description="a child")
        child["id"] = made["id"] if isinstance(made, dict) else made.agent_id
        return child["id"]

    attempt("create", create)
    attempt("delete", lambda: agent.delete_agent(child["id"]))
    attempt("register capability", lambda: agent.register_capability("report:make", description="reports", risk_level="low"))
    attempt("connect mcp", lambda: agent.register_mcp("files", "auto_sdk", 90.0))
    attempt("report", lambda: agent.report_sdk_integration("2.0.0", "python", ["auto_detect_mcps"]))
    if len(sys.argv) > 3 and not options:
        attempt("attest", lambda: agent.attest_mcp(sys.argv[3], capabilities=["read_file"], connection_latency_ms=35, mcp_url="mcp://files", mcp_name="files"))
