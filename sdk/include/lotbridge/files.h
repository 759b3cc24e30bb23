/* lotbridge/files.h: the host feature "lotbridge.files/1", a place where two parties hand each
 * other files.
 *
 * For connectors whose platform speaks in files. The host knows where the place is (a local folder
 * or a folder on an SFTP server), logs in, waits, retries and keeps every path inside the place;
 * the connector sees plain names and bytes. A connector gets it by const lb_files *files =
 * host->extension(host, "lotbridge.files/1"); and gets NULL where the configuration of its account
 * names no place (settings.drop).
 *
 * All functions belong to a running operation and may wait. Strings and arrays that come back are
 * lent until the next call of a function of the same table. Where the result isn't LB_OK the host
 * has noted the details already, as lb_host.fail does; an operation may return that status as it
 * is. */
#ifndef LOTBRIDGE_FILES_H
#define LOTBRIDGE_FILES_H
#include <lotbridge/connector.h>
#ifdef __cplusplus
extern "C" {
#endif

#define LB_FILES_ID "lotbridge.files/1"

/* A file that waits to be taken: complete, and not one of ours or a temporary one. */
typedef struct lb_file {
  uint32_t size;
  lb_bytes name; /* plain: no folder in it */
  uint64_t length;
  int64_t modified_ms; /* UTC; 0 where the place does not say */
} lb_file;

typedef struct lb_file_content {
  uint32_t size;
  lb_bytes bytes;  /* 64 zero bytes follow */
  lb_bytes sha256; /* of the bytes, 64 lower-case hexadecimal digits */
} lb_file_content;

typedef struct lb_files {
  uint32_t size;
  /* What waits in the inbound folder, sorted by name. `stride` is the distance between two entries.
   */
  lb_status (*list)(const struct lb_files*, lb_call*, const lb_file** files, size_t* count,
                    size_t* stride);
  /* LB_BAD_RECORD: it is larger than the place allows. LB_CONFLICT: it is not there (any more). */
  lb_status (*read)(const struct lb_files*, lb_call*, lb_bytes name, lb_file_content* content);
  /* Moves a file out of the inbound folder into "done" or "failed" and puts NAME.report.txt and
   * NAME.report.json beside it. A name that is taken there gets a part of the content's digest.
   * Where the file is gone already this is LB_OK, so that it may be repeated after a crash. */
  lb_status (*finish)(const struct lb_files*, lb_call*, lb_bytes name, lb_bytes folder,
                      lb_bytes report_text, lb_bytes report_json);
  /* Puts a file into the outbound folder; its reader sees all of it or nothing. The same name with
   * the same content again changes nothing; with other content it replaces the file. */
  lb_status (*write)(const struct lb_files*, lb_call*, lb_bytes name, lb_bytes content);
} lb_files;

#ifdef __cplusplus
}
#endif
#endif
