package dev.assay.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A model's weights as ZeRO cuts them: the tensors of {@link ParameterLayout} in their order, where GPT's query, key and value
 * are one, as GPT-2's {@code c_attn} is. Every module begins at a multiple of {@link #GRANULE} elements, which odd shapes reach
 * by a few elements of zeros; all presets have none.
 */
public final class FlatTensors {
    /** Elements: 16 bytes in bf16, so that kernels may read and write whole vectors. */
    public static final int GRANULE = 8;

    private static final String LAYERS = "layers.";

    private final List<FlatTensor> all;
    private final List<Long> moduleStarts;

    private final List<List<FlatTensor>> byModule;
    private final long largest;

    private FlatTensors(List<FlatTensor> all, List<Long> moduleStarts) {
        this.all = List.copyOf(all);
        this.moduleStarts = List.copyOf(moduleStarts);
        this.byModule = IntStream.range(0, moduleStarts.size())
                .mapToObj(module ->
                        all.stream().filter(tensor -> tensor.module() == module).toList())
                .toList();
        this.largest = all.stream().mapToLong(FlatTensor::size).max().orElse(0);
    }

    public static FlatTensors of(ModelShape model) {
        List<List<Long>> sizes = new ArrayList<>();
        String before = "";
        for (Parameter parameter : ParameterLayout.of(model).parameters()) {
            String owner = owner(parameter, sizes.size() > 1);
            if (!owner.equals(before)) {
                sizes.add(new ArrayList<>());
            }
            List<Long> module = sizes.get(sizes.size() - 1);
            if (model.family() == ModelFamily.GPT && joins(parameter)) {
                module.add(module.remove(module.size() - 1) + parameter.size());
            } else {
                module.add(parameter.size());
            }
            before = owner;
        }
        return ofSizes(sizes);
    }

    /** @param modules of each the sizes of its tensors */
    public static FlatTensors ofSizes(List<List<Long>> modules) {
        List<FlatTensor> all = new ArrayList<>();
        List<Long> starts = new ArrayList<>();
        long offset = 0;
        for (int module = 0; module < modules.size(); module++) {
            starts.add(offset);
            List<Long> sizes = modules.get(module);
            for (int i = 0; i < sizes.size(); i++) {
                long end = offset + sizes.get(i);
                end = i == sizes.size() - 1 ? roundUp(end) : end;
                all.add(new FlatTensor(all.size(), module, offset, end - offset));
                offset = end;
            }
        }
        return new FlatTensors(all, starts);
    }

    private static String owner(Parameter parameter, boolean afterFirst) {
        String name = parameter.name();
        if (name.startsWith(LAYERS)) {
            return name.substring(0, name.indexOf('.', LAYERS.length()));
        }
        return afterFirst ? "head" : "embedding";
    }

    /** Whether it is part of the tensor before it. */
    private static boolean joins(Parameter parameter) {
        String name = parameter.name().replace(".bias", "");
        return name.endsWith(".attention.key") || name.endsWith(".attention.value");
    }

    static long roundUp(long elements) {
        return (elements + GRANULE - 1) / GRANULE * GRANULE;
    }

    /** In the order of the layout. */
    public List<FlatTensor> all() {
        return all;
    }

    public int modules() {
        return moduleStarts.size();
    }

    public List<FlatTensor> ofModule(int module) {
        return byModule.get(module);
    }

    /** Elements of the largest one. */
    public long largest() {
        return largest;
    }

    /** Where a module begins. */
    public long start(int module) {
        return moduleStarts.get(module);
    }

    /** Of a module. */
    public long elements(int module) {
        return (module + 1 < modules() ? start(module + 1) : total()) - start(module);
    }

    public long largestModule() {
        long largest = 0;
        for (int module = 0; module < modules(); module++) {
            largest = Math.max(largest, elements(module));
        }
        return largest;
    }

    public long total() {
        return all.get(all.size() - 1).end();
    }
}
