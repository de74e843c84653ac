package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.training.ZeroSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * In which slot each use of gathered weights finds them, in a micro-batch. Modules take turns in slots of equal size; a module
 * that stays gathered from forward to backward has one of its own, and its use in backward is that of forward. Uses are counted
 * through both passes, those of backward without the kept modules'.
 */
final class GatherSlots {
    private final List<Integer> forward;
    private final List<Integer> again;
    private final List<Integer> kept;
    private final List<DeviceMemory> slots = new ArrayList<>();
    /** By use. */
    private final List<Integer> slotOf = new ArrayList<>();

    private final List<OptionalInt> before = new ArrayList<>();

    GatherSlots(ZeroSchedule schedule, Arena memory) {
        forward = schedule.forward();
        again = schedule.gatheredAgain();
        kept = schedule.kept();
        for (int slot = 0; slot < schedule.slots(); slot++) {
            slots.add(memory.of(ZeroMemory.SLOT + slot));
        }
        kept.forEach(module -> slots.add(memory.of(ZeroMemory.KEPT + module)));
        List<Integer> turns = new ArrayList<>();
        for (int use = 0; use < uses(); use++) {
            if (staysGathered(module(use))) {
                slotOf.add(schedule.slots() + kept.indexOf(module(use)));
                before.add(OptionalInt.empty());
            } else {
                int turn = turns.size();
                slotOf.add(turn % schedule.slots());
                before.add(
                        turn < schedule.slots()
                                ? OptionalInt.empty()
                                : OptionalInt.of(turns.get(turn - schedule.slots())));
                turns.add(use);
            }
        }
    }

    int uses() {
        return forward.size() + again.size();
    }

    int slots() {
        return slots.size();
    }

    int module(int use) {
        return use < forward.size() ? forward.get(use) : again.get(use - forward.size());
    }

    boolean staysGathered(int module) {
        return kept.contains(module);
    }

    int use(int module, Pass pass) {
        return pass == Pass.FORWARD || staysGathered(module)
                ? forward.indexOf(module)
                : forward.size() + again.indexOf(module);
    }

    int slot(int use) {
        return slotOf.get(use);
    }

    DeviceMemory memory(int use) {
        return slots.get(slot(use));
    }

    /** The use that must be released before this one's weights may come; empty: the slot has had none. */
    OptionalInt before(int use) {
        return before.get(use);
    }
}
