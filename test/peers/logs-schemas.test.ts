// Exports against the published schemas: OCSF by its JSON Schema, OTLP by OpenTelemetry's own protobuf decoder. And the real collector's language, Python.

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatEntry } from '../../src/security-log/export/formats.ts';
import { toOtlp } from '../../src/security-log/export/otlp.ts';
import { NOW, sampleEntries } from '../security-log/samples.ts';

const python = process.env['AIM_PEER_PYTHON_LOGS'] ?? '';
const run = (code: string, input: string): unknown =>
  JSON.parse(execFileSync(python, ['-c', code], { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));

test.runIf(python)('OCSF 1.6: every event is valid in its class', () => {
  const code = `
import json, sys
from ocsf_json_schema import get_ocsf_schema, OcsfJsonSchemaEmbedded
from jsonschema import Draft202012Validator
schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.6.0"))
validators, errors, classes = {}, [], set()
for number, line in enumerate(sys.stdin.buffer.read().decode().split("\\n")):
    if not line: continue
    event = json.loads(line)
    uid = event["class_uid"]; classes.add(uid)
    if uid not in validators:
        name = schema.lookup_class_name_from_uid(class_uid=uid)
        validators[uid] = Draft202012Validator(schema.get_class_schema(class_name=name, profiles=[]))
    errors += ["%d %s %s" % (number, e.json_path, e.message) for e in validators[uid].iter_errors(event)]
print(json.dumps([errors, sorted(classes)]))`;
  const events = sampleEntries.map((entry) => formatEntry(entry, 'ocsf', NOW)).join('\n');
  expect(run(code, events)).toEqual([[], [0, 2004, 3002, 3004, 6003]]);
});

test.runIf(python)('OTLP: the decoder of OpenTelemetry reads every record, and gives the same text again', () => {
  const code = `
import json, sys
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
request = json_format.Parse(sys.stdin.buffer.read().decode(), ExportLogsServiceRequest())
again = ExportLogsServiceRequest.FromString(request.SerializeToString())
print(json.dumps([r.body.string_value for resource in again.resource_logs for scope in resource.scope_logs for r in scope.log_records]))`;
  const bodies = run(code, toOtlp(sampleEntries, { now: NOW })) as string[];
  expect(bodies.sort()).toEqual(sampleEntries.map((entry) => entry.message.toWellFormed()).sort());
});
