/**
 * What runs in the upload pod: POSIX sh, the claim as working directory, every path relative to it. Names and numbers
 * come as arguments (`$1`…), never as part of the text, so that no name can be read as a command. Answers are lines on
 * the standard output. A script that fails ends with another exit code than 0, the reason on its standard error in
 * English, and perhaps the table of `df -P` as its answer.
 *
 * While a version is on its way, its folders are, beside the versions that are there:
 *
 *     <name>/.<version>.lock/lease                      who writes, and until when: `<owner> <seconds since 1970>`
 *     <name>/.<version>.<sha256, 12 digits>.part/lease  who continued it last, and when
 *     <name>/.<version>.<sha256, 12 digits>.part/<key>.<nonce>     a file of the package, or a part of it; see `partFile.ts`
 *     <name>/.<version>.<sha256, 12 digits>.part/.whole.<owner>/   where the files are put in their places at the end
 *     <name>/.<version>.<nonce>.removed/                a version that is being removed
 *
 * The files of a package come as lines on the standard input, closed by `end`: there may be more of them than a command's
 * arguments can hold, which are part of a URL.
 *
 * Nothing depends on the lock alone, because a command whose connection broke may go on for a while, and a lock can be
 * lost while a window is cut off. A file that begins again has a new name; a file that is continued gets the same bytes at
 * the same places, whoever writes them. So nobody can spoil what another one has verified.
 *
 * Clocks are never compared between computers: deadlines are made and read with the clock of the pods.
 */
export interface Script {
  readonly name: string;
  readonly text: string;
}

/** What the pod's image must have beside a POSIX sh. `openssl` is used instead of `sha256sum` when it is there. */
export const requiredTools = 'cat date dd df head mkdir mv rm rmdir sha256sum sleep sync touch wc';

/** Bytes of the unit in which a place in a file is said; a transfer continues at a multiple of it. */
export const blockSize = 1 << 20;

/** Bytes of a record at most: the labels of a model with many classes take most of it. */
const longestRecord = 1 << 20;

/** Seconds after which what nobody continued is thrown away. */
const abandonedAfter = 7 * 24 * 3600;

// Files that others of the same group may replace, and that every runtime may read.
const prelude = `set -u; umask 002; LC_ALL=C; export LC_ALL
`;

/** Gives up; the cause may be a full disk. */
const failing = `fail() { df -P .; exit 1; }
`;

/**
 * `tick` says a dot now and then, for half an hour, until `quiet`: a connection on which nothing is said may be cut, and
 * counts as dead here.
 */
const ticking = `tick() {
  {
    nap='' ticks=0; trap 'kill "$nap" 2>/dev/null; exit 0' TERM
    while [ $ticks -lt 360 ]; do sleep 5 >/dev/null 2>&1 & nap=$!; wait "$nap"; echo .; ticks=$((ticks + 1)); done
  } & ticker=$!
  trap quiet EXIT
}
quiet() { kill "$ticker" 2>/dev/null; }
`;

/** `flush FILE` waits until it is on the disk; some network volumes cannot tell. */
const flushing = `flush() {
  said=$(sync "$1" 2>&1)
  case $said in ''|*'not implemented'*|*'not supported'*|*'Invalid argument'*) ;; *) printf '%s\\n' "$said" >&2; return 1 ;; esac
}
`;

/** sha256 of the standard input. Debian's own sha256sum uses no SHA instructions: openssl takes a sixth of its time. */
const sha256 = `sha256() {
  if printf x | openssl dgst -sha256 -r >/dev/null 2>&1; then openssl dgst -sha256 -r; else sha256sum; fi
}
`;

/**
 * `holder FOLDER` sets `holder` (`-` when there is none) and `until` from the folder's lease;
 * `lease FOLDER OWNER UNTIL` writes it in one step. By `cat`, since a shell's own `echo` does not say that a disk is full.
 */
const leases = `holder() {
  holder=- until=0
  if [ -f "$1/lease" ]; then read -r holder until < "$1/lease" || :; fi
  case $until in ''|*[!0-9]*) until=0 ;; esac
}
lease() { echo "$2 $3" | cat > "$1/lease.$2" && mv -f "$1/lease.$2" "$1/lease"; }
`;

/**
 * Reads lines `<word> /<path>/` from the standard input into the positional parameters, in pairs, up to `end`. The path is
 * between slashes, since `read` trims blanks. Nothing may be done by half a list.
 */
const listing = `set -- ; ended=''
while read -r word path; do
  if [ "$word" = end ]; then ended=yes; break; fi
  path=\${path#/}; set -- "$@" "$word" "\${path%/}"
done
if [ -z "$ended" ]; then echo 'the list of files was cut off' >&2; exit 1; fi
`;

/**
 * Begins or continues an upload: takes the lock, makes the folders, throws away what nobody will continue.
 *
 * Arguments: name, version, part folder, owner, seconds of the lease, an owner that is known to be gone, files of the part
 * that turned out to be bad, separated by blanks. Standard input: `<key> /<path>/` for each file. Answers:
 * - `missing <tools>`: the image lacks them
 * - `exists whole` or, when one of its files is gone, `exists broken`; then the record of the version that is there
 * - `busy <owner> <bytes>`: another one is writing it, and that much has come
 * - `partial`: the lock is taken; then `<key> <bytes> <file>` for each file, and the table of `df -P`
 *
 * A lock is stale when its time is over. It is taken away by a rename, so that only one can break it; whoever breaks one
 * that had just been renewed is noticed by its owner at the next renewal.
 */
export const beginScript: Script = {
  name: 'begin',
  text: `${prelude}${failing}${leases}name=$1 version=$2 part=$1/$3 owner=$4 seconds=$5 gone=$6 bad=$7
missing=''
for tool in ${requiredTools}; do command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"; done
if [ -n "$missing" ]; then echo "missing$missing"; exit 0; fi
${listing}
whole() { while [ $# -gt 0 ]; do [ -f "$name/$version/$2" ] || return 1; shift 2; done; }
if [ -e "$name/$version" ]; then
  if whole "$@"; then echo exists whole; else echo exists broken; fi
  cat "$name/$version/model-deck.json"; exit 0
fi
look() {
  found='' kept='' total=0
  while [ $# -gt 0 ]; do
    best=- most=0
    for each in "$part/$1".*; do
      if [ -f "$each" ]; then
        bytes=$(wc -c < "$each")
        if [ "$best" = - ] || [ "$bytes" -gt "$most" ]; then best=\${each##*/} most=$((bytes)); fi
      fi
    done
    found="$found$1 $most $best
" kept="$kept $best" total=$((total + most))
    shift 2
  done
}
back() {
  while [ $# -gt 0 ]; do
    for each in "$part"/.whole.*; do if [ -f "$each/$2" ]; then mv "$each/$2" "$part/$1.back"; fi; done
    shift 2
  done
  rm -rf "$part"/.whole.*
}
busy() { look "$@"; echo "busy $holder $total"; exit 0; }
mkdir -p "$name" || fail
now=$(date +%s) lock=$name/.$version.lock
if ! mkdir "$lock" 2>/dev/null; then
  if [ ! -d "$lock" ]; then mkdir "$lock"; fail; fi
  holder "$lock"
  if [ "$holder" != "$owner" ]; then
    if [ "$holder" != "$gone" ]; then
      if [ "$holder" = - ] || [ "$until" -gt "$now" ]; then busy "$@"; fi
    fi
    mv "$lock" "$lock.$owner" 2>/dev/null || busy "$@"
    rm -rf "$lock.$owner"
    mkdir "$lock" 2>/dev/null || busy "$@"
  fi
fi
lease "$lock" "$owner" $((now + seconds)) || fail
mkdir -p "$part" || fail
lease "$part" "$owner" "$now" || fail
for each in $bad; do rm -f "$part/$each"; done
back "$@"
look "$@"
for each in "$part"/*; do
  case "$kept lease " in *" \${each##*/} "*) ;; *) rm -rf "$each" ;; esac
done
for each in "$name/.$version".????????????.part; do if [ "$each" != "$part" ]; then rm -rf "$each"; fi; done
for each in ./*/.*.part/lease ./*/.*.lock/lease; do
  each=\${each%/lease}; holder "$each"
  if [ "$until" -gt 0 ] && [ $((until + ${abandonedAfter})) -lt "$now" ]; then rm -rf "$each"; rmdir "\${each%/*}" 2>/dev/null; fi
done
rm -rf "$name"/.*.removed
echo partial
printf '%s' "$found"
df -P .
`,
};

/** Renews the lock. Arguments: name, version, owner, seconds. Answers `held` or `lost`. */
export const renewScript: Script = {
  name: 'renew',
  text: `${prelude}${leases}lock=$1/.$2.lock; holder "$lock"
if [ "$holder" != "$3" ]; then echo lost; exit 0; fi
lease "$lock" "$3" $(( $(date +%s) + $4 )) && echo held
`,
};

/**
 * Receives a file from a block on, and hashes all of it as it is on the disk.
 *
 * The end of the standard input may never be heard of, so exactly the missing bytes are read: whole blocks by `dd`, which
 * takes no byte too many, the last ones by `head`, which may. Hashing while the rest is still coming would need a second
 * copy of every byte through a pipe, which costs more than it saves.
 *
 * Arguments: file, first block, size in bytes. Answers the sha256; before that, dots. It fails when the stream ends early or
 * the disk takes no more.
 */
export const receiveScript: Script = {
  name: 'receive',
  text: `${prelude}${failing}${ticking}${flushing}${sha256}file=$1 at=$2 block='bs=${blockSize}'
full=$(($3 / ${blockSize})) rest=$(($3 % ${blockSize}))
touch "$file" || fail
if [ "$at" -lt "$full" ]; then
  count=$((full - at))
  said=$(dd of="$file" "$block" seek="$at" count="$count" conv=notrunc iflag=fullblock 2>&1)
  case $said in "$count+0 records in"*) ;; *) printf '%s\\n' "$said" >&2; fail ;; esac
fi
if [ "$rest" -gt 0 ]; then head -c "$rest" | dd of="$file" "$block" seek="$full" conv=notrunc || fail; fi
tick
flush "$file" & flusher=$!
sum=$(sha256 < "$file")
wait "$flusher" || fail
echo "$sum"
`,
};

/** Hashes the first blocks of a file. Arguments: file, blocks. Answers the sha256; before that, dots. */
export const digestScript: Script = {
  name: 'digest',
  text: `${prelude}${ticking}${sha256}tick
dd if="$1" bs=${blockSize} count="$2" 2>/dev/null | sha256
`,
};

/**
 * Makes a part visible as the version, in one step, after its bytes are on the disk.
 *
 * Arguments: name, version, part folder, owner. Standard input: `<file of the part> /<path>/` for each file, the record
 * among them. Answers `committed`; `lost` when another one has the lock; `exists whole` and the record when another one was
 * quicker. Before that, a dot now and then, while a slow disk takes its time.
 *
 * `mv` moves into a folder that is there, so that is looked for before and after. Whether all files are in their places is
 * looked at last of all: who takes the lock meanwhile takes them back.
 */
export const commitScript: Script = {
  name: 'commit',
  text: `${prelude}${leases}${ticking}${flushing}name=$1 version=$2 part=$1/$3 owner=$4 lock=$1/.$2.lock
${listing}
exists() { rm -rf "$lock" "$1"; echo exists whole; cat "$name/$version/model-deck.json"; exit 0; }
held() { holder "$lock"; if [ "$holder" != "$owner" ]; then echo lost; exit 0; fi; }
held
if [ -e "$name/$version" ]; then exists "$part"; fi
whole=$part/.whole.$owner
tick
store() { while [ $# -gt 0 ]; do flush "$part/$1" || return 1; shift 2; done; }
place() {
  while [ $# -gt 0 ]; do
    target=$whole/$2
    mkdir -p "\${target%/*}" && mv "$part/$1" "$target" || return 1
    shift 2
  done
}
placed() { while [ $# -gt 0 ]; do [ -f "$whole/$2" ] || return 1; shift 2; done; }
store "$@" || exit 1
place "$@" || exit 1
flush "$whole" || exit 1
quiet
held
if ! placed "$@"; then echo lost; exit 0; fi
mv "$whole" "$name/$version" || exit 1
if [ -e "$name/$version/\${whole##*/}" ]; then exists "$name/$version/\${whole##*/}"; fi
flush "$name"
rm -rf "$part" "$lock"
echo committed
`,
};

/**
 * Gives the lock back. Arguments: name, version, part folder, owner, `keep` or `drop` what has come. What is dropped may
 * still be written to for a moment, by a command whose connection was cut.
 */
export const releaseScript: Script = {
  name: 'release',
  text: `${prelude}${leases}lock=$1/.$2.lock; holder "$lock"
if [ "$holder" != "$4" ]; then exit 0; fi
drop() { rm -rf "\${1:?}/\${3:?}"; }
if [ "$5" = drop ]; then drop "$@" 2>/dev/null || { sleep 1; drop "$@"; } || exit 1; fi
rm -rf "$lock"
rmdir "$1" 2>/dev/null
exit 0
`,
};

/** Every record of the claim, as `<path> NUL <record> NUL`. A variable of the shell cannot hold a NUL. */
export const listScript: Script = {
  name: 'list',
  text: `${prelude}for file in ./*/*/model-deck.json; do
  if [ -f "$file" ]; then printf '%s\\0%s\\0' "$file" "$(head -c ${longestRecord} "$file")"; fi
done
`,
};

/**
 * Removes a version: renamed first, so that a removal that is cut off leaves nothing that looks like a model.
 * Arguments: name, version, the folder's name while it goes. Answers `removed` or `missing`.
 */
export const removeScript: Script = {
  name: 'remove',
  text: `${prelude}if [ ! -d "$1/$2" ]; then echo missing; exit 0; fi
mv "$1/$2" "$1/$3" || exit 1
rm -rf "$1"/.*.removed || exit 1
rmdir "$1" 2>/dev/null
echo removed
`,
};

/** What the pod itself does: it waits until it is told to end. `sleep` runs beside it, so that the signal is heard. */
export const waitCommand: readonly string[] = [
  'sh',
  '-c',
  `trap 'kill "$!"; exit 0' TERM INT; while :; do sleep 3600 & wait "$!"; done`,
];
