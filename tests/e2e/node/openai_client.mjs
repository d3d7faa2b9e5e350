// OpenAI's SDK for Node as its users call it: argv holds the base URL, the key and a question.
import OpenAI from "openai";

const [baseURL, apiKey, content] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 2 });
const messages = [{ role: "user", content }];
const found = { models: [], pieces: [], sources: null, response: "", refused: null };

for await (const model of client.models.list()) found.models.push(model.id);
const chat = await client.chat.completions.create({ model: "nexus", messages });
found.answer = chat.choices[0].message.content;
found.sources = chat.nexus.sources.length;
for await (const chunk of await client.chat.completions.create({ model: "nexus", messages, stream: true })) {
  const piece = chunk.choices[0]?.delta?.content;
  if (piece) found.pieces.push(piece);
}
for await (const event of await client.responses.create({ model: "nexus", input: content, stream: true })) {
  if (event.type === "response.output_text.delta") found.response += event.delta;
}
try {
  await new OpenAI({ baseURL, apiKey: "nx_wrong", maxRetries: 0 }).chat.completions.create({ model: "nexus", messages });
} catch (error) {
  found.refused = { status: error.status, type: error.type, message: error.message, name: error.constructor.name };
}
console.log(JSON.stringify(found));
