package dev.assay.worker;

import dev.assay.workload.Fabric;
import dev.assay.workload.Fabric.Meeting;
import dev.assay.workload.FabricPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whom a rank meets in each pattern and round: ranks of the launch, the root first; empty where it meets nobody.
 *
 * @param nodes of the launch
 * @param rank this one
 */
record FabricPlaces(Fabric fabric, int nodes, int gpus, int rank) {
    private int node() {
        return rank / gpus;
    }

    private int local() {
        return rank % gpus;
    }

    List<Integer> all() {
        return IntStream.range(0, nodes * gpus).boxed().toList();
    }

    /** GPU r of the lower node with GPU r of the upper; across rails with one that has another NIC. */
    List<Integer> pair(FabricPattern pattern, int round) {
        int step = pattern == FabricPattern.CROSS_RAIL ? fabric.crossStep(gpus) : 0;
        return fabric.pairing(nodes, round).stream()
                .filter(pair -> pair.lower() == node() || pair.upper() == node())
                .map(pair -> pair(pair, step))
                .findFirst()
                .orElse(List.of());
    }

    /** This rank's pair, where its node is one of the two. */
    List<Integer> victims(Meeting pair) {
        return pair.lower() == node() || pair.upper() == node() ? pair(pair, 0) : List.of();
    }

    private List<Integer> pair(Meeting pair, int step) {
        int lower = node() == pair.lower() ? local() : Math.floorMod(local() - step, gpus);
        return List.of(pair.lower() * gpus + lower, pair.upper() * gpus + (lower + step) % gpus);
    }

    /** All nodes' GPUs of this rail, the receiver's first. */
    List<Integer> incast(int round) {
        return incast(fabric.receiver(nodes, round), List.of());
    }

    /** All ranks of other nodes than the victims'. */
    List<Integer> aggressors(Meeting victims) {
        return all().stream()
                .filter(each -> each / gpus != victims.lower() && each / gpus != victims.upper())
                .toList();
    }

    /** This rail's GPUs of other nodes than the victims'; the first of these nodes receives. */
    List<Integer> incastBeside(Meeting victims) {
        List<Integer> without = List.of(victims.lower(), victims.upper());
        int receiver = IntStream.range(0, nodes)
                .filter(node -> !without.contains(node))
                .findFirst()
                .orElseThrow();
        return incast(receiver, without);
    }

    private List<Integer> incast(int receiver, List<Integer> without) {
        List<Integer> members = new ArrayList<>();
        members.add(receiver * gpus + local());
        IntStream.range(0, nodes)
                .filter(node -> node != receiver && !without.contains(node))
                .forEach(node -> members.add(node * gpus + local()));
        return members;
    }

    /** The NICs over which this rank meets the other of its pair: its own, then the other's. */
    String rails(List<Integer> pair) {
        return fabric.rail(local(), gpus) + " with " + fabric.rail(other(pair) % gpus, gpus);
    }

    private int other(List<Integer> pair) {
        return pair.get(0) == rank ? pair.get(1) : pair.get(0);
    }

    /** The other of a pair, as people read it. */
    String other(List<Integer> pair, List<String> names) {
        int other = other(pair);
        String gpu = other % gpus == local() ? "" : " GPU " + other % gpus;
        return names.get(other / gpus) + gpu;
    }
}
