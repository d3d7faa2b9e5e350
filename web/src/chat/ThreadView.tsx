// The questions and answers of one conversation, on the chat kit's thread: it scrolls, focuses and sends.
import {
  AssistantRuntimeProvider,
  ThreadPrimitive,
  useAui,
  useExternalStoreRuntime,
  type AppendMessage,
  type ThreadMessageLike,
} from "@assistant-ui/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Action } from "../agents/agent";
import { AgentsContext, useChoice, type Choice } from "../agents/choosing";
import type { Recording } from "../audio/recorded";
import { chat as en } from "../language/en/chat";
import { conversations as conversationsEn } from "../language/en/conversations";
import { chat as id } from "../language/id/chat";
import { conversations as conversationsId } from "../language/id/conversations";
import { useLanguage, useTexts } from "../language/language";
import { Icon } from "../layout/Icon";
import { loaded } from "../layout/loaded";
import { ProblemNotice } from "../layout/ProblemNotice";
import { useSignedIn } from "../session/signed_in";
import { Answer } from "./Answer";
import { Composer, LONGEST_QUESTION } from "./Composer";
import { filtersOf, isCrossed, keepNarrowing, keptNarrowing, type Narrowing } from "./filters";
import { decidedIn, gathered, isUnderWay, textOf, type Asked, type Exchange } from "./thread";
import type { Thread } from "./useThread";

const SpokenQuestion = loaded(() => import("../audio/SpokenQuestion"));

interface Message {
  id: string;
  asked: Asked;
  role: "user" | "assistant";
}

/** What the kit is told of a message: its text, and whether it is still being written. */
function told(message: Message): ThreadMessageLike {
  const latest = message.asked.answers.at(-1)!;
  if (message.role === "user") return { role: "user", id: message.id, content: message.asked.question };
  return {
    role: "assistant",
    id: message.id,
    content: textOf(latest),
    status: isUnderWay(latest) ? { type: "running" } : { type: "complete", reason: "stop" },
  };
}

export function ThreadView({ thread }: { thread: Thread }) {
  const choice = useChoice(thread.conversationId);
  const [narrowing, setNarrowing] = useState<Narrowing>(keptNarrowing);
  const change = useCallback((changed: Narrowing) => {
    setNarrowing(changed);
    keepNarrowing(changed);
  }, []);
  const messages = useMemo(
    () =>
      gathered(thread.exchanges).flatMap<Message>((asked) => {
        const first = asked.answers[0]!.id;
        return [
          { id: `${first}-question`, asked, role: "user" },
          { id: `${first}-answer`, asked, role: "assistant" },
        ];
      }),
    [thread.exchanges],
  );

  const ask = (question: string, how: Narrowing = narrowing) => {
    const text = question.trim();
    if (text && text.length <= LONGEST_QUESTION)
      thread.ask({ question: text, filters: filtersOf(how), style: how.style, agent: choice.chosen });
  };
  const speak = (recording: Recording) =>
    thread.ask({ question: "", filters: filtersOf(narrowing), style: narrowing.style, recording });
  const decide = ({ id: action }: Action, approved: boolean, message: string) =>
    thread.ask({ question: message, filters: {}, style: null, decision: { id: action, approved } });
  const runtime = useExternalStoreRuntime<Message>({
    messages,
    convertMessage: told,
    isRunning: thread.running,
    isSendDisabled: thread.loading || isCrossed(narrowing),
    onNew: (message: AppendMessage) => {
      ask(message.content.map((part) => (part.type === "text" ? part.text : "")).join(""));
      return Promise.resolve();
    },
    onCancel: () => Promise.resolve(thread.stop()),
  });
  const narrowed = (exchange: Exchange, documentId: string, title: string) => {
    const only = { ...narrowing, documents: [{ id: documentId, title }] };
    change(only);
    ask(exchange.question, only);
  };

  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <AgentsContext value={choice.agents}>
        <Content
          thread={thread}
          messages={messages}
          ask={ask}
          speak={speak}
          decide={decide}
          choice={choice}
          narrow={narrowed}
          narrowing={narrowing}
          change={change}
        />
      </AgentsContext>
    </AssistantRuntimeProvider>
  );
}

interface ContentProps {
  thread: Thread;
  messages: readonly Message[];
  ask: (question: string) => void;
  speak: (recording: Recording) => void;
  decide: (action: Action, approved: boolean, message: string) => void;
  choice: Choice;
  narrow: (exchange: Exchange, documentId: string, title: string) => void;
  narrowing: Narrowing;
  change: (narrowing: Narrowing) => void;
}

function Content({ thread, messages, ask, speak, decide, choice, narrow, narrowing, change }: ContentProps) {
  const texts = useTexts({ en, id });
  const conversations = useTexts({ en: conversationsEn, id: conversationsId });
  const aui = useAui();
  const decided = useMemo(() => decidedIn(thread.exchanges), [thread.exchanges]);
  const edit = (exchange: Exchange) => {
    if (!exchange.recording) aui.composer.setText(exchange.question);
    thread.drop(exchange);
    document.querySelector<HTMLTextAreaElement>(".composer-text")?.focus();
  };
  const isEmpty = messages.length === 0 && !thread.loading && !thread.problem;
  return (
    <ThreadPrimitive.Root className="thread">
      <ThreadPrimitive.Viewport className="thread-viewport" tabIndex={0} role="log" aria-live="off" aria-label={texts.thread}>
        <div className="thread-messages">
          {isEmpty && <Welcome ask={ask} />}
          {thread.loading && <p role="status">{conversations.loading}</p>}
          {thread.problem &&
            (thread.problem.status === 404 ? (
              <p role="alert">{conversations.unknown}</p>
            ) : (
              <ProblemNotice problem={thread.problem} again={thread.reload} />
            ))}
          <ThreadPrimitive.Messages>
            {({ message }) => {
              const index = messages.findIndex((each) => each.id === message.id);
              const found = messages[index];
              if (!found) return null;
              if (found.role === "user") return <Question asked={found.asked} />;
              return (
                <article aria-label={texts.answer}>
                  <Answer
                    answers={found.asked.answers}
                    isLast={index === messages.length - 1}
                    running={thread.running}
                    askAgain={thread.askAgain}
                    edit={edit}
                    narrow={narrow}
                    decided={decided}
                    decide={decide}
                  />
                </article>
              );
            }}
          </ThreadPrimitive.Messages>
        </div>
      </ThreadPrimitive.Viewport>
      <div className="thread-foot">
        <ThreadPrimitive.ScrollToBottom className="button-icon thread-down" aria-label={texts.toBottom}>
          <Icon name="save" />
        </ThreadPrimitive.ScrollToBottom>
        <Composer narrowing={narrowing} change={change} choice={choice} speak={speak} stop={thread.stop} />
      </div>
      <Announcer exchanges={thread.exchanges} />
    </ThreadPrimitive.Root>
  );
}

function Question({ asked }: { asked: Asked }) {
  const texts = useTexts({ en, id });
  const spoken = asked.answers.find((answer) => answer.recording ?? answer.heard);
  return (
    <div className="question" dir="auto">
      <span className="unseen">{texts.you}: </span>
      {spoken ? <SpokenQuestion exchange={spoken} /> : asked.question}
    </div>
  );
}

function Welcome({ ask }: { ask: (question: string) => void }) {
  const texts = useTexts({ en, id });
  const { configuration } = useSignedIn();
  const { language } = useLanguage();
  const examples = configuration.questions[language] ?? configuration.questions.en ?? [];
  return (
    <div className="welcome">
      <h2>{texts.welcome}</h2>
      <p className="quiet">{texts.welcomeWhy}</p>
      {examples.length > 0 && (
        <ul aria-label={texts.examples}>
          {examples.slice(0, 4).map((question) => (
            <li key={question}>
              <button type="button" className="button-plain" onClick={() => ask(question)}>
                {question}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Tells who listens to the page how an answer goes on: once when it is whole, not word by word. */
function Announcer({ exchanges }: { exchanges: readonly Exchange[] }) {
  const texts = useTexts({ en, id });
  const last = exchanges.at(-1);
  const before = useRef<string | null>(null);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!last) return;
    if (isUnderWay(last)) {
      before.current = last.id;
      setSaid(last.recording ? texts.hearing : texts.searching);
    } else if (before.current === last.id) {
      before.current = null;
      setSaid(last.progress === "answered" ? `${texts.newAnswer} ${textOf(last)}` : "");
    }
  }, [last, texts]);
  return (
    <p className="unseen" role="status">
      {said}
    </p>
  );
}
