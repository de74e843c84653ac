#!/usr/bin/env bash
# What the scripts beside this one share; to be sourced.

# The caller's own words, from its line "# Usage:" on.
usage() {
  sed -n '/^# Usage:/,/^[^#]/s/^# //p' "$0" >&2
  exit 2
}

prepare() { # OUT: the folder, with what ranks need to meet
  mkdir -p "$1"
  head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' > "$1/secret"
  chmod 600 "$1/secret"
  echo shared > "$1/canary"
}

# Starts RANKS ranks, two if not said, on GPUs 0, 1 … of this host by FOLDER/spec.json; their pids are in "ranks".
# SHARED_GPUS=n lets them share the first n: NCCL takes two ranks on a GPU where each is a host of its own, and no others.
start_ranks() { # BUNDLE OUT FOLDER RANKS_PER_NODE [RANKS]
  local rank count=${5:-2} host=()
  ranks=()
  for ((rank = 0; rank < count; rank++)); do
    if [[ -n ${SHARED_GPUS:-} ]]; then host=("NCCL_HOSTID=rank-$rank"); fi
    ASSAY_SPEC=$3/spec.json ASSAY_RANK=$rank ASSAY_LOCAL_RANK=$((rank % $4)) ASSAY_NODE=n$((rank / $4)) ASSAY_GPU=$((rank % ${SHARED_GPUS:-count})) \
      ASSAY_SECRET_FILE=$2/secret ASSAY_CANARY=$2/canary \
      env "${host[@]}" "$1/bin/assay-worker" > "$3/log-$rank" 2>&1 &
    ranks+=("$!")
  done
}

# As start_ranks, to the end of all, which must be good.
run_ranks() { # BUNDLE OUT FOLDER RANKS_PER_NODE [RANKS]
  local rank failed=0
  start_ranks "$@"
  for rank in "${ranks[@]}"; do
    wait "$rank" || failed=1
  done
  if [ "$failed" -ne 0 ]; then
    tail -n 20 "$3"/log-* >&2
    echo "$(basename "$0"): a rank of ours failed; see $3" >&2
    return 1
  fi
}
