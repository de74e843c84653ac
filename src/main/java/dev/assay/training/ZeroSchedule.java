package dev.assay.training;

import dev.assay.training.Shares.Cut;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * What ZeRO cuts and sends in a step, call by call: what {@link StepCollectives} adds up and what the trainer does. DeepSpeed
 * 0.19.6's rules (deepspeedai/DeepSpeed at edaa722), on whole modules where DeepSpeed goes tensor by tensor.
 */
public final class ZeroSchedule {
    /** Modules are asked for while the one before is still read. */
    private static final int LEAST_SLOTS = 2;

    private final StepSetup setup;
    private final int ranks;
    private final FlatTensors tensors;
    private final Shares shares;
    private final List<GradientBucket> buckets;
    private final List<Integer> kept;

    private ZeroSchedule(StepSetup setup, int ranks) {
        this.setup = setup;
        this.ranks = ranks;
        this.tensors = FlatTensors.of(setup.model());
        this.shares = Shares.of(tensors, cut(setup), ranks);
        this.buckets = GradientBuckets.of(setup, tensors, shares, ranks);
        this.kept = findKept();
    }

    public static ZeroSchedule of(StepSetup setup, int ranks) {
        if (ranks < 1) {
            throw new IllegalArgumentException("ZeRO must have ranks >= 1, got " + ranks);
        }
        return new ZeroSchedule(setup, ranks);
    }

    private static Cut cut(StepSetup setup) {
        boolean ideal = setup.collectives() == CollectiveMode.IDEAL;
        return switch (setup.zero().stage()) {
            case 0 -> Cut.WHOLE;
            case 3 -> Cut.TENSOR;
            default -> ideal ? Cut.TENSOR : Cut.STRETCH;
        };
    }

    public int ranks() {
        return ranks;
    }

    public FlatTensors tensors() {
        return tensors;
    }

    public Shares shares() {
        return shares;
    }

    /** In the order in which they leave. */
    public List<GradientBucket> buckets() {
        return buckets;
    }

    /** Whether gradients leave after every micro-batch, not only after the last one of a step. */
    public boolean everyMicroBatch() {
        return setup.zero().stage() >= 2;
    }

    /** As {@link StepSetup#overlaps}. */
    public boolean overlaps() {
        return setup.overlaps();
    }

    /** Whether weights are gathered module by module, in every pass: stage 3. */
    public boolean gathersWeights() {
        return setup.zero().stage() == 3;
    }

    /** Whether weights travel while gradients do, so that a communicator of each is used at once. */
    public boolean sendsWeightsBesideGradients() {
        return gathersWeights() && overlaps();
    }

    /**
     * Stage 3: tensors that stay whole on every rank, though their states are cut as all others'. One of exactly as many elements
     * does, too: {@code param.ds_numel <= param_threshold} ({@code parameter_offload.py}, {@code mark_persistent_parameters}).
     */
    public boolean staysWhole(FlatTensor tensor) {
        return tensor.size() <= setup.zero().persistenceThreshold();
    }

    public List<FlatTensor> small() {
        return tensors.all().stream().filter(this::staysWhole).toList();
    }

    /**
     * Stage 3: modules whose weights stay gathered from forward to backward; in forward's order. DeepSpeed keeps what is used
     * again before {@code maxReuse} elements are, which asks nothing of {@code maxLive}, and what its prefetcher has seen to be
     * there for backward, as it looks ahead while fewer than {@code maxLive} elements are there ({@code
     * partitioned_param_coordinator.py}, {@code __params_to_release}): the last modules that are as many together.
     */
    public List<Integer> kept() {
        return kept;
    }

    private List<Integer> findKept() {
        return gathersWeights()
                ? forward().stream()
                        .filter(module -> tensors.ofModule(module).stream().anyMatch(tensor -> !staysWhole(tensor)))
                        .filter(module -> distance(module) < setup.zero().maxReuse() || isSeenAhead(module))
                        .toList()
                : List.of();
    }

    private boolean isSeenAhead(int module) {
        List<Integer> forward = forward();
        return prefetches()
                && forward.subList(forward.indexOf(module), forward.size()).stream()
                                .mapToLong(tensors::elements)
                                .sum()
                        <= setup.zero().maxLive();
    }

    /** Elements that are used between a module's uses in forward and in backward. */
    private long distance(int module) {
        List<Integer> forward = forward();
        List<Integer> backward = backward();
        return Stream.concat(
                        forward.subList(forward.indexOf(module) + 1, forward.size()).stream(),
                        backward.subList(0, backward.indexOf(module)).stream())
                .mapToLong(tensors::elements)
                .sum();
    }

    /** Stage 3: modules whose weights backward gathers, in its order: all but the kept ones. */
    public List<Integer> gatheredAgain() {
        List<Integer> order = backward();
        order.removeAll(kept);
        return order;
    }

    /**
     * Stage 3 with full checkpointing: what of a module goes behind its second forward and is gathered a third time for its
     * backward, by one operation each, in backward's order. DeepSpeed lets go of what {@code maxReuse} elements or more are used
     * behind before it is used again ({@code __params_to_release}, tensor by tensor), but for what its prefetcher has seen to be
     * there for backward, which is all of a layer that {@code maxLive} has room for.
     */
    public List<List<FlatTensor>> gathersBehindRecomputation(int module) {
        boolean stays = prefetches() && tensors.elements(module) <= setup.zero().maxLive();
        return gathersWeights()
                        && !isIdeal()
                        && setup.recomputation() == Recomputation.FULL
                        && isLayer(module)
                        && !stays
                ? grouped(releasedBehindRecomputation(module))
                : List.of();
    }

    private boolean isLayer(int module) {
        return module > 0 && module < tensors.modules() - 1;
    }

    /**
     * Behind a tensor come all after it, and then these again, but for the last matrix: a second forward ends before it (PyTorch's
     * checkpoints that are not reentrant stop early), as backward does not need what it makes. Its bias goes with it.
     */
    private List<FlatTensor> releasedBehindRecomputation(int module) {
        List<FlatTensor> layer = tensors.ofModule(module);
        List<FlatTensor> released = new ArrayList<>();
        long behind = 0;
        boolean last = true;
        for (int i = layer.size() - 1; i >= 0; i--) {
            FlatTensor tensor = layer.get(i);
            if (!last && !staysWhole(tensor) && behind >= setup.zero().maxReuse()) {
                released.add(tensor);
            }
            behind += (last ? 1 : 2) * tensor.size();
            last &= tensor.size() < 2L * setup.model().hidden();
        }
        return released;
    }

    private List<List<FlatTensor>> grouped(List<FlatTensor> gathered) {
        List<List<FlatTensor>> groups = new ArrayList<>();
        List<FlatTensor> group = new ArrayList<>();
        for (FlatTensor tensor : gathered) {
            group.add(tensor);
            if (isFull(group)) {
                groups.add(group);
                group = new ArrayList<>();
            }
        }
        if (!group.isEmpty()) {
            groups.add(group);
        }
        return groups;
    }

    /** {@link #gathersBehindRecomputation} of all modules, in backward's order. */
    public List<List<FlatTensor>> gathersBehindRecomputation() {
        return backward().stream()
                .flatMap(module -> gathersBehindRecomputation(module).stream())
                .toList();
    }

    /** Stage 3: all that a micro-batch gathers, by one operation each; in no other stage anything. */
    public List<List<FlatTensor>> gathers() {
        return gathersWeights()
                ? Stream.of(gathers(forward()), gathers(gatheredAgain()), gathersBehindRecomputation())
                        .flatMap(List::stream)
                        .toList()
                : List.of();
    }

    /** Elements of the kept modules. */
    public long keptElements() {
        return kept.stream().mapToLong(tensors::elements).sum();
    }

    /**
     * Stage 3: whole modules that are in memory at once beside the kept ones. DeepSpeed gathers ahead while fewer than {@code
     * maxLive} elements are live, tensor by tensor; here modules are whole, so it is two at least, the one that is read and the
     * next.
     */
    public int slots() {
        long fit = (setup.zero().maxLive() - keptElements()) / tensors.largestModule();
        return gathersAhead() ? (int) Math.max(LEAST_SLOTS, Math.min(fit, 2L * tensors.modules())) : LEAST_SLOTS;
    }

    /** Stage 3: whether weights are gathered before they are asked for. */
    public boolean gathersAhead() {
        return isIdeal() || prefetches();
    }

    /** Whether DeepSpeed looks ahead of what is asked for. */
    private boolean prefetches() {
        return !isIdeal() && setup.zero().prefetchBucket() > 0 && setup.zero().maxLive() > tensors.largest();
    }

    /** Modules in the order in which forward reads them. */
    public List<Integer> forward() {
        List<Integer> order = new ArrayList<>();
        for (int module = 0; module < tensors.modules(); module++) {
            order.add(module);
        }
        return order;
    }

    /** In which backward does: the head first, and with it the embedding where its matrix is the head's. */
    public List<Integer> backward() {
        List<Integer> order = forward();
        Collections.reverse(order);
        if (setup.model().family() == ModelFamily.GPT) {
            order.add(1, order.remove(order.size() - 1));
        }
        return order;
    }

    /**
     * Stage 3: what is gathered by one operation each, in order.
     *
     * @param order of modules
     */
    public List<List<FlatTensor>> gathers(List<Integer> order) {
        List<List<FlatTensor>> groups = new ArrayList<>();
        List<FlatTensor> group = new ArrayList<>();
        int ahead = slots() - LEAST_SLOTS;
        int first = 0;
        for (int place = 0; place < order.size(); place++) {
            if (!group.isEmpty() && place - first > ahead) {
                groups.add(group);
                group = new ArrayList<>();
            }
            for (FlatTensor tensor : tensors.ofModule(order.get(place))) {
                if (!staysWhole(tensor)) {
                    first = group.isEmpty() ? place : first;
                    group.add(tensor);
                    if (isFull(group)) {
                        groups.add(group);
                        group = new ArrayList<>();
                    }
                }
            }
            if (isIdeal() && !group.isEmpty()) {
                groups.add(group);
                group = new ArrayList<>();
            }
        }
        if (!group.isEmpty()) {
            groups.add(group);
        }
        return groups;
    }

    private boolean isFull(List<FlatTensor> group) {
        long elements = group.stream().mapToLong(FlatTensor::size).sum();
        return !isIdeal() && (!gathersAhead() || elements >= setup.zero().prefetchBucket());
    }

    private boolean isIdeal() {
        return setup.collectives() == CollectiveMode.IDEAL;
    }

    /**
     * Elements of each call that brings the ranks' new weights together. Stages 1 and 2 send all at once; stage 3 its small
     * tensors, one by one as DeepSpeed does, in the ideal mode at once.
     */
    public List<Long> gathersAfterUpdate() {
        return switch (setup.zero().stage()) {
            case 0 -> List.of();
            case 3 ->
                small().isEmpty()
                        ? List.of()
                        : isIdeal()
                                ? List.of(dealt(small()))
                                : small().stream()
                                        .map(tensor -> dealt(List.of(tensor)))
                                        .toList();
            default -> List.of(ranks * shares.elements());
        };
    }

    /** Elements that a rank holds of tensors when all parts are there. */
    public long dealt(List<FlatTensor> group) {
        return GradientBucket.dealt(group, ranks);
    }
}
