// The page inside the frame of another page: the chat alone.
import { start } from "../page/start";
import { EmbedFrame } from "./EmbedFrame";

start(<EmbedFrame />, true);
