// The kinds of agent that AIM knows (wire-agents §2.6).

export const agentTypes = [
  'claude', 'gpt', 'gemini', 'llama', 'mistral', 'cohere', 'langchain', 'llamaindex', 'autogen', 'crewai', 'langgraph', 'haystack',
  'semantic_kernel', 'copilot', 'assistant', 'chatbot', 'autogpt', 'babyagi', 'custom', 'ai_agent', 'demo',
] as const; // biome-ignore format: one table
