// The page inside the frame of another page: the chat alone.
import { ChatView } from "../chat/ChatView";
import { start } from "../page/start";

start(<ChatView />, true);
