# In C code `|` stands for a semicolon, which CMake would take for the end of a list entry.
# NAME CLAIM: the validator must find that claim broken, and no other. Without a claim nothing may be found.
lotbridge_wrong_variant(sound none)

lotbridge_wrong_variant(newer-host file/loads MINOR 9)
lotbridge_wrong_variant(executable-stack file/no-executable-stack LINK -Wl,-z,execstack)
lotbridge_wrong_variant(writable file/safe-mode)
lotbridge_wrong_variant(more-symbols file/one-symbol MAP more.map
  MORE "__attribute__((visibility(\"default\"))) extern const int lotbridge_more| const int lotbridge_more = 1|")
lotbridge_wrong_variant(unique-symbol file/no-unique-symbol MAP more.map
  MORE "__asm__(\".data\\n.globl lotbridge_more\\n.type lotbridge_more,%gnu_unique_object\\nlotbridge_more: .long 1\\n.text\")|")
lotbridge_wrong_variant(undefined-symbol file/no-undefined-symbol
  MORE "extern void lotbridge_nowhere(void) __attribute__((weak))| void (*lotbridge_used)(void) = lotbridge_nowhere|")
lotbridge_wrong_variant(other-sidecar file/sidecar BESIDE " ")
lotbridge_wrong_variant(slow-load file/quick-scan
  MORE "__attribute__((constructor)) static void slow(void) { struct timespec t = {0, 150000000}| nanosleep(&t, 0)| }")

lotbridge_wrong_variant(schema descriptor/schema FROM "\"io\": \"host\"" TO "\"io\": \"host\", \"colour\": \"red\"")
lotbridge_wrong_variant(id descriptor/id FROM "\"id\": \"wrong\"" TO "\"id\": \"right\"")
lotbridge_wrong_variant(version descriptor/version FROM "\"1.0.0\"" TO "\"1.0\"")
lotbridge_wrong_variant(role-operations descriptor/role-operations FROM "\"storefront\"" TO "\"marketplace\"")
lotbridge_wrong_variant(unknown-operation descriptor/operations-known OPERATIONS 6)
lotbridge_wrong_variant(secret-anywhere descriptor/secrets
  FROM "\"API token\", \"hosts\": [\"{shop}.wrong.example\"]" TO "\"API token\"")
lotbridge_wrong_variant(any-host descriptor/hosts
  FROM "\"hosts\": [\"{shop}.wrong.example\"]," TO "\"hosts\": [\"{shop}.wrong.example\", \"*.example\"],")
lotbridge_wrong_variant(no-limits descriptor/limits FROM "\"default\": {\"per\"" TO "\"other\": {\"per\"")
lotbridge_wrong_variant(secret-default descriptor/no-secret-default FROM "\"title\": \"Shop name\","
  TO "\"title\": \"Shop name\", \"default\": \"sk_live_51Habcdef\",")

lotbridge_wrong_variant(two-accounts life/two-accounts)
lotbridge_wrong_variant(close-at-once life/close-at-once)
lotbridge_wrong_variant(required-settings life/required-settings)
lotbridge_wrong_variant(random-settings life/random-settings)
lotbridge_wrong_variant(flat-memory life/flat-memory)

lotbridge_wrong_variant(thread rules/no-thread)
lotbridge_wrong_variant(socket rules/no-socket)
lotbridge_wrong_variant(file rules/no-file)
lotbridge_wrong_variant(process rules/no-process)
lotbridge_wrong_variant(catch rules/no-call-in-catch)
lotbridge_wrong_variant(late-call rules/no-late-call)
lotbridge_wrong_variant(io-in-open rules/no-io-in-open)
lotbridge_wrong_variant(cancel rules/cancel)

lotbridge_wrong_variant(replays records/replays)
lotbridge_wrong_variant(valid records/valid)
lotbridge_wrong_variant(unique-ids records/unique-ids)
lotbridge_wrong_variant(quantities records/quantities)
lotbridge_wrong_variant(zones records/zones)
lotbridge_wrong_variant(utf8 records/utf8)
lotbridge_wrong_variant(same-bytes records/same-bytes)

foreach(fault refused timeout lost-answer 401 403 404 409 429 500 503 cut-body html empty-body large-body repeated-page
        empty-page clock-back clock-ahead files)
  lotbridge_wrong_variant(${fault} faults/${fault})
endforeach()

lotbridge_wrong_variant(resume-emit resume/emit)
lotbridge_wrong_variant(resume-checkpoint resume/checkpoint)
lotbridge_wrong_variant(older-cursor resume/older-cursor)
lotbridge_wrong_variant(made-up-cursor resume/made-up-cursor)

lotbridge_wrong_variant(twice write-back/twice)
lotbridge_wrong_variant(died-in-between write-back/died-in-between)
lotbridge_wrong_variant(longest-lot write-back/longest-lot)
lotbridge_wrong_variant(odd-lot write-back/odd-lot)
lotbridge_wrong_variant(many-lots write-back/many-lots)

lotbridge_wrong_variant(verifies webhooks/verifies FROM "\"base64\"" TO "\"hex\"")
lotbridge_wrong_variant(unknown-topic webhooks/unknown-topic)
lotbridge_wrong_variant(same-delivery webhooks/same-delivery)
lotbridge_wrong_variant(out-of-order webhooks/out-of-order)

lotbridge_wrong_variant(secret-log secrets/logs)
lotbridge_wrong_variant(secret-error secrets/errors)
lotbridge_wrong_variant(secret-record secrets/records)
lotbridge_wrong_variant(secret-cursor secrets/cursor)
lotbridge_wrong_variant(secret-recording secrets/recordings)

lotbridge_wrong_variant(overdrawn limits/never-overdrawn)
lotbridge_wrong_variant(sleeps limits/used)

lotbridge_wrong_variant(fuzz-answers fuzz/answers)
lotbridge_wrong_variant(fuzz-inputs fuzz/inputs)
lotbridge_wrong_variant(fuzz-leak fuzz/leak)

lotbridge_wrong_variant(parity parity/same)
