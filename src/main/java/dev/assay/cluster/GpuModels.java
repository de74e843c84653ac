package dev.assay.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The GPU models that the suite knows, from {@code gpu-models.json}: a model it does not know is refused, never guessed. */
public final class GpuModels {
    /** Key of the reference device's model. */
    public static final String REFERENCE = "reference";

    private static final List<String> KEYS = List.of(
            "name",
            "multiprocessors",
            "memoryMebibytes",
            "bf16DenseTflops",
            "bf16AtMhz",
            "bf16FlopPerClockPerSm",
            "sustainedBf16Tflops",
            "powerLimitWatts",
            "nvlinkAllReduceGBps",
            "precisions",
            "source",
            "memoryGBps");
    private static final Map<String, GpuModel> MODELS = readAll();

    private GpuModels() {}

    public static List<String> keys() {
        return List.copyOf(MODELS.keySet());
    }

    /** @throws InputException that lists the models there are */
    public static GpuModel get(String key) {
        return Optional.ofNullable(MODELS.get(key))
                .orElseThrow(() -> new InputException(
                        "Looking up a GPU model",
                        "\"" + key + "\"",
                        String.join(", ", keys()),
                        Nearest.suggestion(key, keys(), "choose the model that nvidia-smi -L names")));
    }

    private static Map<String, GpuModel> readAll() {
        Map<String, GpuModel> models = new LinkedHashMap<>();
        InputJson.parse("gpu-models.json", InputText.resource("/dev/assay/cluster/gpu-models.json"))
                .required("models", "the models by key")
                .fields()
                .forEach((key, json) -> models.put(key, read(key, json.onlyKeys(KEYS))));
        return models;
    }

    private static GpuModel read(String key, InputJson json) {
        return new GpuModel(
                key,
                json.required("name", "what the driver calls it").text(),
                json.required("multiprocessors", "SMs").integer(1, 100_000),
                json.required("memoryMebibytes", "NVML's total").integer(1, Integer.MAX_VALUE),
                number(json, "bf16DenseTflops"),
                number(json, "bf16AtMhz"),
                number(json, "bf16FlopPerClockPerSm"),
                number(json, "sustainedBf16Tflops"),
                perhaps(json, "powerLimitWatts"),
                number(json, "nvlinkAllReduceGBps"),
                json.required("precisions", "those of the datasheet").items().stream()
                        .map(InputJson::text)
                        .toList(),
                json.find("source").map(InputJson::text),
                perhaps(json, "memoryGBps"));
    }

    private static OptionalDouble perhaps(InputJson json, String key) {
        return json.find(key).map(InputJson::number).map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }

    private static double number(InputJson json, String key) {
        return json.required(key, "a positive number").number();
    }
}
