#!/bin/bash
# Says in neutral words which rank Slurm has started, then becomes rank.sh.
# Arguments: the launch's folder, its node list with commas in rank order, ranks per node.
# The rank follows from the node's place in our list: Slurm sorts nodes its own way.
set -euo pipefail
launch=$1
tasks=$3
IFS=, read -r -a nodes <<< "$2"
for index in "${!nodes[@]}"; do
  if [ "${nodes[index]}" = "$SLURMD_NODENAME" ]; then
    export ASSAY_RANK=$((index * tasks + SLURM_LOCALID))
    export ASSAY_LOCAL_RANK=$SLURM_LOCALID
    export ASSAY_NODE=$SLURMD_NODENAME
    export ASSAY_GPU=$SLURM_LOCALID
    exec /bin/bash "$(dirname "$launch")/rank.sh" "$launch"
  fi
done
echo "slurm-rank.sh: task $SLURM_PROCID runs on node $SLURMD_NODENAME, which is not one of $2" >&2
exit 90
