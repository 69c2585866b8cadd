# What an agent does with the A2A client of the published aim-sdk, told as lines of JSON: once with its person's sign-in, once with its own signature.
import json
import sys

from aim_sdk import secure
from aim_sdk.a2a import A2AClient


def tell(step, **what):
    print("STEP " + json.dumps({"step": step, **what}, default=str), flush=True)


def attempt(step, work):
    try:
        value = work()
        tell(step, value=value.__dict__ if hasattr(value, "__dict__") else value)
        return value
    except Exception as error:
        tell(step, error=type(error).__name__, text=str(error))


name, card_url = sys.argv[1], sys.argv[2]
agent, peer = secure(name), secure(name + "-peer")
tell("secured", id=agent.agent_id, peer=peer.agent_id)
if len(sys.argv) == 3:
    sys.exit(0)

how = sys.argv[3]
if how == "signature":
    agent.oauth_token_manager = None
    peer.oauth_token_manager = None
a2a, other = A2AClient(agent), A2AClient(peer)

attempt("register card", lambda: a2a.register_agent_card(card_url))
attempt("get card", lambda: a2a.get_agent_card())
attempt("refresh card", a2a.refresh_card_attestation)
attempt("list cards", lambda: len(a2a.list_agent_cards()))
attempt("update card", lambda: a2a.update_agent_card(description="a café"))

signed = attempt("sign", lambda: a2a.sign_request("POST", "/tasks/send", {"message": "hi"}))
import hashlib

body = json.dumps({"message": "hi"}, sort_keys=True)
canonical = "\n".join(["POST", "/tasks/send", str(signed.timestamp), signed.nonce, hashlib.sha256(body.encode()).hexdigest()])
request_hash = hashlib.sha256(canonical.encode()).hexdigest()
verify = lambda: other.verify_request(signed.agent_id, signed.timestamp, signed.nonce, signed.signature, request_hash)
attempt("verify", verify)
attempt("verify again", verify)

attempt("unscored", lambda: other.get_a2a_trust_score(agent.agent_id))
attempt("went well", lambda: other.record_successful_interaction(agent.agent_id, "analysis", 120))
attempt("went badly", lambda: other.record_failed_interaction(agent.agent_id, "analysis", "Timeout exceeded"))
attempt("scored", lambda: other.get_a2a_trust_score(agent.agent_id))
attempt("compute", lambda: a2a.compute_a2a_trust_score())
attempt("peer trust", lambda: other.get_peer_trust(agent.agent_id))
attempt("peers", lambda: len(other.list_peer_trusts()))
attempt("set trust", lambda: other.update_trust_score(agent.agent_id, 1.0, 1.0))

skill = attempt("register skill", lambda: a2a.register_skill("send_email_" + how, "Sends an email", tags=["mail"]))
attempt("skills", lambda: [each["name"] for each in a2a.get_skills()])
attempt("search", lambda: [each["name"] for each in other.search_skills("send email")])
attempt("route", lambda: other.route_by_intent("send email to john")["agent"])
attempt("capable", lambda: [each["agentId"] for each in other.get_capable_agents("send email", 0.0)])
said = attempt("attest", lambda: other.attest_skill(agent.agent_id, skill["id"], confidence=0.9, evidence={"run": 1}))
attempt("consensus", lambda: other.get_consensus_status(agent.agent_id, skill["id"]))
attempt("revoke", lambda: other.revoke_attestation(said["id"], "it failed"))
attempt("delete skill", lambda: a2a.delete_skill(skill["id"]))

task = attempt("task", lambda: a2a.log_task("task-" + how, peer.agent_id))
attempt("task state", lambda: a2a.update_task_state(task["id"], "COMPLETED"))
attempt("history", lambda: [each["state"] for each in a2a.get_task_history(agent.agent_id)])

consent = attempt("consent", lambda: a2a.record_consent("user-1", peer.agent_id, ["read"], "a test", ["mail"]))
attempt("has consent", lambda: a2a.check_consent("user-1", peer.agent_id, "read"))
attempt("consents", lambda: len(a2a.list_user_consents("user-1")))
attempt("revoke consent", lambda: a2a.revoke_consent(consent.consent_id))
attempt("has no consent", lambda: a2a.check_consent("user-1", peer.agent_id, "read"))

attempt("security", lambda: a2a.check_security(peer.agent_id))
attempt("policy", lambda: a2a.evaluate_policy("TASK_SEND", peer.agent_id))
