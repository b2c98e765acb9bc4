/** What servers that speak Chat Completions truly differ in, as data. What all of them take alike is not here. */

export type Profile = {
  /** How the answer's shape is asked for. The prompt holds the schema as well, for a grammar is nothing that a model reads. */
  readonly shape: "json_schema" | "json_object";
  readonly limit: "max_tokens" | "max_completion_tokens";
  /** null: the server's, or its model's, own. */
  readonly temperature: number | null;
  /** Whether the same question with the same seed may be hoped to be answered alike. */
  readonly seed: boolean;
  /** Whether calls that begin alike are kept together by a key. */
  readonly cacheKey: boolean;
};

export const profileNames = ["openai", "vllm", "llamacpp", "ollama", "json_object"] as const;
export type ProfileName = (typeof profileNames)[number];

const local = { shape: "json_schema", limit: "max_tokens", temperature: null, seed: true, cacheKey: false } as const;

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  /**
   * `max_tokens` and `seed` are deprecated there, and newer models refuse the one and any temperature (types of the SDK 6.49).
   */
  openai: { shape: "json_schema", limit: "max_completion_tokens", temperature: null, seed: false, cacheKey: true },
  /** Where no temperature is named it is the one that a model's `generation_config.json` names (docs.vllm.ai, 2026-11-28). */
  vllm: local,
  /** Turns the schema into a grammar. Has answered 400 to that in some versions (ggml-org/llama.cpp#11847): then JSON alone is asked for. */
  llamacpp: local,
  /**
   * Ignores `max_completion_tokens` without a word, and writes on (ollama/ollama#7125). Takes 1.0 for a temperature that is not
   * named, whatever the model's own file says (`openai/openai.go`, still so in 0.34.4, 2026-09).
   */
  ollama: { ...local, temperature: 0.7 },
  /** Hosts with JSON mode and no schemas: DeepSeek, GLM, MiniMax, most of hosted Qwen. They want the word JSON in the prompt. */
  json_object: { shape: "json_object", limit: "max_tokens", temperature: null, seed: false, cacheKey: false },
};
